/** A file that the user named cannot be used; the message names it and says what is wrong. */
export class FileError extends Error {}
