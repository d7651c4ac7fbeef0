/** Runs the command line of the program that `load` answers, with this process's arguments, and sets the exit code. */
export async function start(load) {
  // The SDK warns on stderr for as long as it supports this Node and will not for ever; users can do nothing about it here.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

  // Whoever reads us may have read enough (`| head`).
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error) => {
      if (error.code !== "EPIPE") throw error;
      process.exit();
    });

  const { main } = load();
  process.exitCode = await main(process.argv.slice(2));
  // By then all is written. Node would go on to take its heap apart piece by piece, for no one.
  process.on("exit", (code) => process.exit(code));
}
