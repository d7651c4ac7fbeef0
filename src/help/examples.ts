/* In a chunk that help alone loads: nothing that other commands use may be imported here. */

/** A command line without its beginning, and what it is for. */
export interface Example {
  readonly words: string;
  readonly what: string;
}

const of = (words: string, what: string): Example => ({ words, what });

/** One to three examples of every command; `""` has those of the program. A test parses each of them. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  "": [
    of("init", "write a config for the application in this folder"),
    of("plan --target aws", "show what would be created on AWS, and its cost"),
    of("reconcile --target aws", "create it"),
  ],
  init: [
    of("init --name shop --region eu-west-1 --port 8080 --yes", "ask nothing"),
    of("init --github", "also write a workflow for GitHub Actions"),
    of("init --from copilot .", "carry an AWS Copilot workspace over"),
  ],
  plan: [
    of("plan --target aws --env production --check", "for CI: exit with 3 if there are changes"),
    of("plan --target aws --markdown --out release.plan", "a comment for a pull request, and a file to apply after it"),
    of("plan --html plan.html --live-prices", "a page with the picture of the plan, and its cost at current prices"),
  ],
  reconcile: [
    of("reconcile --target aws --env production --yes --quiet", "for CI: ask nothing, print the result and failures"),
    of("reconcile release.plan --target aws", "apply a plan that was reviewed, or nothing"),
    of("reconcile --target aws --adopt network/vpc=vpc-0123", "adopt a VPC that exists"),
  ],
  sleep: [of("sleep --target aws --env staging --yes", "for the night, from a schedule")],
  wake: [of("wake --target aws --env staging --yes", "in the morning")],
  failover: [
    of("failover --target aws", "send all requests to the second region"),
    of("failover ap-northeast-1 --target aws", "send them to the first one again"),
  ],
  teardown: [
    of("teardown", "delete the stack on the simulated AWS"),
    of("teardown --target aws --env preview --yes --no-wait", "for CI: do not wait for the last deletions"),
    of("teardown --target aws --env staging", "delete an environment, after asking for the stack's name"),
  ],
  status: [
    of("status --target aws", "every layer, drift and what runs"),
    of("status --target aws --wait --timeout 20m", "after reconcile --no-wait: until everything is ready"),
    of("status --target aws --service web --metrics", "one service, with charts of the last three hours"),
  ],
  outputs: [
    of("outputs --target aws", "all outputs"),
    of("outputs application_url --target aws", "one bare value, for scripts"),
  ],
  history: [
    of("history --target aws --limit 5", "the last five runs"),
    of("history 12 --target aws --html run.html", "all of run 12, and as a page with a timeline"),
    of("history 11 12 --target aws", "what took longer in run 12 than in run 11"),
  ],
  graph: [
    of("graph", "a Mermaid flowchart for a README"),
    of("graph --svg", "an image, to be piped into a file"),
    of("graph --env production --resources --dot", "every resource, for Graphviz"),
  ],
  console: [
    of("console", "open it in the browser"),
    of("console --target aws --env production --interval 5m", "look at AWS every five minutes"),
    of("console --port 8300 --no-open --allow-actions", "on a port of your own, with approvals and rollbacks"),
  ],
  policy: [
    of("policy --target aws", "what a reconcile of this stack needs"),
    of("policy --account 123456789012 --read-only", "what a plan needs, without credentials"),
    of("policy --target aws --release --role github octo-org/shop --branch main", "a role for GitHub Actions"),
  ],
  deploy: [
    of("deploy --target aws --verbose", "release the application, and follow it with the log of its build"),
    of("deploy ./app --target aws --approve", "for CI: approve without asking"),
    of("deploy --target aws --no-wait", "print the release's id, and do not follow it"),
  ],
  approve: [
    of('approve --target aws --reason "checked on staging"', "record why"),
    of("approve 7aadcc1e --target aws", "this release, and no other that has come to wait"),
  ],
  reject: [of('reject --target aws --reason "wrong branch"', "the reason is recorded")],
  releases: [
    of("releases --target aws --service web --limit 3", "the last three of one service"),
    of("releases 7aadcc1e --target aws --lines 200", "one, with the last 200 lines of its build"),
  ],
  "release stop": [
    of("release stop 0a1b2c3d --target aws", "abandon the build, or roll the deployment back"),
    of("release stop 0a1b2c3d --target aws --finish", "let the current build finish"),
  ],
  rollback: [
    of("rollback --target aws", "to the previous release"),
    of("rollback v1.4.2 --target aws --service web", "to the release with this image tag"),
  ],
  doctor: [of("doctor --target aws", "find out why requests fail")],
  logs: [
    of("logs --target aws --since 10m --follow", "the application's log, until Ctrl-C"),
    of("logs --target aws --service web --since 24h --jsonl", "for other programs, one JSON object per line"),
    of("logs --target aws --access --status 5xx --path '/api/*'", "the requests that failed"),
  ],
  task: [
    of("task web -- python manage.py migrate", "migrate the database"),
    of("task web --cpu 1024 --memory 4096 --variable BATCH=500 -- node backfill.js", "with more room"),
    of('task web --no-wait -- sh -c "node export.js && node upload.js"', "do not wait for it"),
  ],
  "job run": [
    of("job run report", "run the job now, and follow it"),
    of("job run report --variable DAY=2026-01-31", "for another day"),
  ],
  exec: [
    of("exec --target aws --service web", "open a shell"),
    of('exec --target aws --command "node --version"', "run one command"),
  ],
  "secret set": [
    of("secret set API_KEY --target aws", "type the value at a hidden prompt"),
    of("secret set TLS_KEY --target aws --file tls.key", "read it from a file"),
    of("secret set SESSION_KEY --target aws --generate 64 --restart", "make one up, and replace the running tasks"),
  ],
  "secret list": [of("secret list --target aws", "names, ages and readers; never values")],
  "secret rm": [of("secret rm API_KEY --target aws", "delete one that no service reads")],
  "secret restart": [of("secret restart --target aws --service web", "let its tasks read the changed values")],
  "state show": [
    of("state show --target aws", "one line for each resource"),
    of("state show network/vpc --json", "all that is recorded of one"),
  ],
  "state rm": [of("state rm network/vpc --target aws", "forget a resource; it stays on AWS")],
  "state unlock": [of("state unlock --target aws", "after a run that died")],
  "state backups": [of("state backups --target aws", "the serial of each backup")],
  "state restore": [of("state restore 41 --target aws", "go back to the backup with serial 41")],
  "state init": [of("state init --target aws", "create the bucket of state.s3")],
  "state migrate": [
    of("state migrate --target aws", "move the local state to the bucket in the config"),
    of("state migrate --target aws --from s3://old-bucket/shop", "move it from another bucket"),
  ],
  completion: [of("completion bash", "print the script for bash"), of("completion fish", "print the script for fish")],
};
