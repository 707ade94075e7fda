import { nameOf, pulumiArguments } from "../../policies/pipelines/launchers";
import { commandsOf } from "../../policies/pipelines/shell";

const argumentsIn = (script: string) =>
    commandsOf(script).flatMap(({ words }) => pulumiArguments(words)?.join(" ") ?? []);

describe("pulumiArguments", () => {
    test.each([
        "pulumi up",
        "./node_modules/.bin/pulumi up",
        "$HOME/.pulumi/bin/pulumi.exe up",
        "A=b pulumi up",
        "if pulumi up; then echo done; fi",
        "! pulumi up",
        "{ pulumi up; }",
        "sudo -E -n pulumi up",
        "sudo -u deploy pulumi up",
        "env -i A=b pulumi up",
        "time -p pulumi up",
        "timeout --foreground 10m pulumi up",
        "npx --yes pulumi up",
        "npx -p @pulumi/pulumi pulumi up",
        "bunx pulumi up",
        "npm exec -- pulumi up",
        "pnpm --filter infra exec pulumi up",
        "yarn pulumi up",
        "npm run pulumi -- up",
        "uv run --frozen pulumi up",
        "poetry run pulumi up",
        "aws-vault exec prod -- pulumi up",
        "doppler run --project pulumi -- pulumi up",
        "docker run pulumi/pulumi up",
        "docker run --rm -it -v $PWD:/app -w /app pulumi/pulumi:3.210.0 up",
        "docker run -v/src:/src --env-file .env -e A=b ghcr.io/pulumi/pulumi:latest up",
        "docker run --rm public.ecr.aws/pulumi/pulumi@sha256:0a up",
        "docker run --network=host pulumi/pulumi:3 pulumi up",
        "podman run registry.example.com:5000/pulumi/pulumi up",
        "docker container run --rm pulumi/pulumi-nodejs:3.210.0 pulumi up",
        "docker run --entrypoint pulumi acme/tools:1 up",
        "docker run --rm acme/tools:1 npx pulumi up",
        "docker --context remote run pulumi/pulumi up",
        "docker exec -it builder pulumi up",
        "docker compose run --rm pulumi up",
        "docker compose -f ci.yml run --rm -e A=b builder pulumi up",
        "docker-compose exec -T builder pulumi up",
        "kubectl exec deploy/runner -c pulumi -- pulumi up",
    ])("finds %s", script => expect(argumentsIn(script)).toEqual(["up"]));

    test.each([
        ["docker run pulumi/pulumi-base:3 bash -c 'pulumi up'", ["up"]],
        ["pulumi -C infra up --yes", ["-C infra up --yes"]],
        ["pulumi env run acme/prod -- pulumi up", ["env run acme/prod -- pulumi up"]],
    ])("finds in %s", (script, expected) => expect(argumentsIn(script)).toEqual(expected));

    test.each([
        "echo pulumi up",
        "docker compose --profile pulumi up -d",
        "docker compose up pulumi",
        "docker compose -p pulumi up",
        "docker compose -f pulumi/compose.yml up",
        "docker-compose --project-name pulumi up",
        "docker build -t pulumi up",
        "docker pull pulumi/pulumi:3.210.0",
        "docker push pulumi up",
        "docker run pulumi/pulumi-nodejs:3.210.0 npm test",
        "docker run --entrypoint bash pulumi/pulumi up",
        "docker run --name pulumi acme/web up",
        "docker run acme/pulumi:1 up",
        "docker run pulumi/pulumi-docker-gateway:1 up",
        "kubectl -n pulumi logs deploy/operator",
        "kubectl rollout restart pulumi",
        "helm upgrade pulumi up",
        "git -C pulumi pull",
        "git checkout pulumi up",
        "gh workflow run pulumi up",
        "make -C pulumi up",
        "make pulumi up",
        "npm --prefix pulumi run up",
        "pnpm --filter pulumi up",
        "yarn --cwd pulumi up",
        "tsc -p pulumi up",
        "cdktf --app pulumi up",
        "vault login --namespace pulumi up",
        "pulumi-lint up",
        "my-pulumi up",
        "",
    ])("finds nothing in %s", script => expect(argumentsIn(script)).toEqual([]));

    /** What runs other commands, and flags of it: each by itself, so that none is known by another's grace. */
    const each = (names: string, line: (name: string) => string) => names.split(" ").map(line);

    test.each([
        ...each("npm pnpm yarn bun", name => `${name} run pulumi -- up`),
        ...each("run run-script", name => `npm ${name} pulumi -- up`),
        ...each("-n -s -b -k -E", flag => `sudo ${flag} pulumi up`),
        ...each("-n -s", flag => `doas ${flag} pulumi up`),
        ...each("-p -t -o", flag => `xargs ${flag} pulumi up`),
        ...each("docker podman nerdctl", name => `${name} run pulumi/pulumi up`),
        ...each("docker-compose podman-compose", name => `${name} run pulumi up`),
        ...each("run create", verb => `docker ${verb} pulumi/pulumi up`),
        ...each("run exec create", verb => `docker ${verb} acme/tools pulumi up`),
        ...each("-d -i -t -P -q -T -D -itd", flag => `docker run ${flag} pulumi/pulumi up`),
        ...each(
            "--detach --interactive --tty --init --privileged --publish-all --quiet --read-only --rm --sig-proxy --no-healthcheck --oom-kill-disable --disable-content-trust --replace --no-deps --build --service-ports --use-aliases --no-TTY --no-tty --remove-orphans --quiet-pull --quiet-build --all-resources --compatibility --dry-run --debug --help --tls --tlsverify",
            flag => `docker run ${flag} pulumi/pulumi up`,
        ),
        "npx -n pulumi up",
        "LONG_NAME=b pulumi up",
        "npm --silent run pulumi -- up",
        "docker run -- pulumi/pulumi:3 up",
        "oc exec runner -- pulumi up",
        "docker run -- pulumi/pulumi up",
        "docker run pulumi/pulumi:3.210.0@sha256:0a up",
        "docker run --entrypoint=pulumi acme/tools:1 up",
        "docker run --entrypoint ./bin/pulumi acme/tools:1 up",
        "docker compose run --entrypoint pulumi builder up",
        "'C:\\tools\\pulumi.exe' up",
        "Pulumi.EXE up",
        "xkubectl pulumi up",
        "kubectl-run pulumi up",
        "tool a-C pulumi up",
        "tool --filesystem pulumi up",
    ])("finds %s", script => expect(argumentsIn(script)).toEqual(["up"]));

    test.each([
        ...each(
            "echo printf cd pushd popd export unset set read test [ [[ which type where grep egrep rg sed awk jq yq mkdir rmdir rm ls cat head tail tee cp mv ln touch chmod chown tar zip unzip diff curl wget brew apt apt-get apk yum dnf choco winget asdf pip pip3 pipx conda git gh glab hub terraform tofu terragrunt helm kustomize argocd flux aws az gcloud gsutil make gmake just task turbo nx lerna systemctl service journalctl pkill killall kill pgrep dotnet cargo trivy grype osv-scanner snyk",
            name => `${name} pulumi up`,
        ),
        ...each("if then else elif while until do ! { exec command builtin nohup", word => `${word} echo pulumi up`),
        ...each("docker podman nerdctl docker-compose podman-compose", name => `${name} ps pulumi up`),
        ...each("kubectl oc", name => `${name} rollout pulumi up`),
        ...[..."CnpwtufgebmFoRsPdDIkLlaU"].map(letter => `tool -${letter} pulumi up`),
        ...each(
            "profile project project-name namespace name dir directory chdir cwd prefix path filter workspace with package extra group only-group service context label tag repo branch ref file env-file message title body user scope target role account cluster region environment env config bucket image network volume workdir hostname host python index app job workflow team org organization module kind vault stack-name",
            flag => `tool --${flag} pulumi up`,
        ),
        "doas -u pulumi up",
        "time -f pulumi up",
        "xargs -n pulumi up",
        "docker run pulumi up",
        "docker exec pulumi/pulumi up",
        "docker run notpulumi/pulumi up",
        "docker compose run builder up",
        "docker rerun acme/tools pulumi up",
        "docker runs acme/tools pulumi up",
        "docker run --label pulumi/pulumi",
        "docker run acme/tools echo --entrypoint pulumi",
        "docker.exe ps pulumi up",
        "kubectl logs pulumi",
        "/usr/bin/env",
        "A=b/pulumi",
        "./a=b/echo pulumi up",
    ])("finds nothing in %s", script => expect(argumentsIn(script)).toEqual([]));

    test.each([
        ["npm run pulumi -- up -- x", "up -- x"],
        ["npm exec pulumi -- up", "-- up"],
        ["npm exec pulumi run -- up", "run -- up"],
        ["npm --run pulumi -- up", "-- up"],
        ["npm run-scripts pulumi -- up", "-- up"],
        ["just-run run pulumi -- up", "-- up"],
        ["docker run pulumi/pulumi pulumi up pulumi/pulumi", "up pulumi/pulumi"],
    ])("hands on from %s", (script, expected) => expect(argumentsIn(script)).toEqual([expected]));

    test("follows containers in containers ten deep", () => {
        const nested = (count: number) => `${"docker run builder ".repeat(count)}pulumi up`;
        expect(argumentsIn(nested(10))).toEqual(["up"]);
        expect(argumentsIn(nested(11))).toEqual([]);
        const clusters = (count: number) => `${"kubectl exec runner -- ".repeat(count)}pulumi up`;
        expect(argumentsIn(clusters(10))).toEqual(["up"]);
        expect(argumentsIn(clusters(11))).toEqual([]);
    });
});

test.each([
    ["npm", "npm"],
    ["/usr/local/bin/npm", "npm"],
    ["C:\\tools\\NPM.CMD", "npm"],
    ["Docker.exe", "docker"],
    ["docker.exe.bak", "docker.exe.bak"],
    ["dockerexe", "dockerexe"],
    ["", ""],
])("the name of %s is %s", (command, name) => expect(nameOf(command)).toBe(name));
