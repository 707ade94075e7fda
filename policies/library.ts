/** Every rule of the pack, alphabetically. */
export { rules } from "./rules";
