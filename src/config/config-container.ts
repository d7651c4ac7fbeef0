/* The settings of the container, as `stack.config.ts` writes them. */

/** CPU units that Fargate sells; 1024 units are one vCPU. */
export type FargateCpu = 256 | 512 | 1024 | 2048 | 4096 | 8192 | 16384;

/** A health check inside the container, beside the load balancer's. */
export interface ContainerHealthCheckConfig {
  /**
   * What ECS runs inside the container, exit code 0 meaning healthy: `["CMD", "node", "check.js"]`, or `["CMD-SHELL", "curl -f ..."]` for the
   * image's shell. The program has to be in the image: slim images have no curl, distroless ones no shell.
   */
  command: readonly string[];
  /** Seconds between two checks, 5 to 300. Default 30. */
  interval?: number;
  /** Seconds to wait for a check to end, 2 to 60. Default 5. */
  timeout?: number;
  /** Failed checks in a row that make the container unhealthy, 1 to 10. Default 3. */
  retries?: number;
  /** Seconds after the start during which failed checks do not count, 0 to 300. Default 60. */
  startPeriod?: number;
}

/** The one container that each task runs. */
export interface ContainerConfig {
  /** TCP port that the application listens on, 1 to 65535. Default 5000. It reaches the container as `PORT`. */
  port?: number;
  /** CPU units of a task, 1024 being one vCPU. Default 256. Fargate sells it only with certain amounts of `memory`. */
  cpu?: FargateCpu;
  /** Memory of a task in MiB, an amount that Fargate sells with `cpu` (256: 512, 1024 or 2048). Default 512. */
  memory?: number;
  /** Path that answers 200 while the application is healthy; begins with `/`. The load balancer asks it. Default `/health`. */
  healthCheckPath?: string;
  /**
   * A check that ECS runs inside the container too. Default none: the load balancer's check alone decides. ECS ignores an image's own
   * HEALTHCHECK.
   */
  healthCheck?: ContainerHealthCheckConfig;
  /** Image to run at first, until the pipeline deploys its own. Default: `latest` of the stack's own repository. */
  image?: string;
  /**
   * Environment variables, beside `APP_ENV` (the environment's name, unless you set it) and `PORT` (always `port`), which
   * Fairlead sets. Default none.
   */
  environment?: Readonly<Record<string, string>>;
  /** Command that replaces the image's own, one array item a word. Default: the image's. */
  command?: readonly string[];
  /** Mount the container's root file system read-only; `/tmp` is a file system in memory. Default true. */
  readonlyRootFilesystem?: boolean;
  /**
   * Size of `/tmp` in MiB where the root file system is read-only, at least 1 and below `memory`. What is written there counts as the
   * task's memory. Default 64.
   */
  tmpSize?: number;
  /** Run an init process as process 1, which reaps zombies and forwards signals; ECS Exec wants it. Default: `service.enableExec`. */
  initProcess?: boolean;
  /** User, or `user:group`, that the process runs as, by name or number. Default `1000`. */
  user?: string;
  /** Seconds between SIGTERM and SIGKILL when a task stops, 2 to 120. Default 30. */
  stopTimeout?: number;
}
