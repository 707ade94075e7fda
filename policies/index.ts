import "./node-version";
import { deferPackages } from "./sdk/defer-packages";

// The engine loads this file. What costs time at the start is put off before anything asks for it.
deferPackages();
require("./pack");
