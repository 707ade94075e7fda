import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Launcher, PARALLEL, type Program } from "./language";

/**
 * Runs the program inside of a stack, as the language host does, and tells of a failure in one line, with the last place in the
 * program's own files. Source: pulumi/pulumi, sdk/python/lib/pulumi/runtime (settings.py, stack.py).
 */
const RUNNER = `
import asyncio, json, os, runpy, sys, traceback
settings_file, folder, path, project, stack, organization, address, parallel, secret_keys = sys.argv[1:]
import pulumi, pulumi.runtime
sys.argv = [path]
sys.path.insert(0, path if os.path.isdir(path) else os.path.dirname(path))
def own(error):
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(folder + os.sep)]
    frames = [f for f in frames if "site-packages" not in f.filename]
    return " (%s:%d)" % (os.path.relpath(frames[-1].filename, folder), frames[-1].lineno) if frames else ""
try:
    with open(settings_file, encoding="utf-8") as file:
        pulumi.runtime.set_all_config(json.load(file), json.loads(secret_keys))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    pulumi.runtime.configure(pulumi.runtime.Settings(
        project, stack, monitor=address, engine=address, parallel=int(parallel), dry_run=True,
        organization=organization, root_directory=folder))
    loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: runpy.run_path(path, run_name="__main__") and None))
except SystemExit as error:
    code = error.code
except BaseException as error:
    print("%s: %s%s" % (type(error).__name__, error, own(error)), file=sys.stderr)
    code = 1
else:
    code = 0
sys.stdout.flush()
sys.stderr.flush()
os._exit(code if isinstance(code, int) else 0 if code is None else 1)
`;

/** Runs a Python program by the runtime of the `pulumi` package in the project's own environment. */
export const python: Launcher = program => {
    const { folder, path, cwd, deployment, address, settingsFile } = program;
    const interpreter = interpreterOf(program);
    const probe = spawnSync(interpreter, ["-c", "import importlib.util as u; assert u.find_spec('pulumi.runtime')"], {
        cwd: folder,
        encoding: "utf8",
    });
    if (probe.error !== undefined) return { missing: `there is no ${interpreter}; install Python` };
    if (probe.status !== 0) {
        return {
            missing: `the package pulumi is not installed for ${interpreter}; make the project's virtual environment, by pulumi install or pip`,
        };
    }
    const { project, stack, organization, secretKeys } = deployment;
    const own = [project, stack, organization, address, PARALLEL, JSON.stringify(secretKeys)];
    return {
        command: interpreter,
        args: ["-u", "-c", RUNNER, settingsFile, folder, path, ...own],
        folder: cwd,
        env: { PYTHONDONTWRITEBYTECODE: process.env.PYTHONDONTWRITEBYTECODE ?? "1" },
    };
};

/** The interpreter of the virtual environment: that of `runtime.options.virtualenv`, else the usual ones, else that on PATH. */
function interpreterOf({ folder, options }: Program): string {
    const named = options.get("virtualenv").string();
    const folders = named === undefined ? ["venv", ".venv"] : [named];
    const interpreters = folders.map(name => join(resolve(folder, name), "bin/python"));
    return interpreters.find(existsSync) ?? "python3";
}
