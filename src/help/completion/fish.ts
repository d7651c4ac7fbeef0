import { brief, joined, type Place, type Values } from "./grammar.ts";

/** The script that completes the program's commands, flags and values in fish. */
export const fishScript = (
  places: readonly Place[],
): string => `# fish completion for fairlead. To load it: fairlead completion fish | source

function __fairlead_at
    set -l at
    for word in (commandline -opc)[2..-1]
        switch "$at|$word"
            case '*|--'
                return 1
${places
  .flatMap(({ path, commands }) =>
    commands.map(
      ({ name }) => `            case '${path}|${name}'
                set at '${joined(path, name)}'`,
    ),
  )
  .join("\n")}
        end
    end
    test "$at" = "$argv[1]"
end

function __fairlead_names
    set -l config
    set -l words (commandline -opc)
    if set -l index (contains -i -- --config $words)
        set config --config $words[(math $index + 1)]
    end
    if command -q fairlead
        command fairlead completion --names $argv[1] $config 2>/dev/null </dev/null
    else
        npx --no-install fairlead completion --names $argv[1] $config 2>/dev/null </dev/null
    end
end

complete -c fairlead -f
${places.flatMap(linesOf).join("\n")}
`;

function linesOf({ path, commands, flags, argument }: Place): string[] {
  const start = `complete -c fairlead -n '__fairlead_at "${path}"'`;
  return [
    ...commands.map(({ name, what }) => `${start} -a '${name}' -d '${brief(what)}'`),
    ...(argument === "any" ? [] : [`${start} ${proposed(argument)}`]),
    ...flags.map(({ long, what, values, isOptional }) => {
      const value = values === undefined || isOptional ? "" : ` -r ${proposed(values)}`;
      return `${start} -l ${long.slice(2)} -d '${brief(what)}'${value}`;
    }),
  ];
}

function proposed(values: Values): string {
  if (values === "any") return "-f";
  if ("words" in values) return `-f -a '${values.words.join(" ")}'`;
  if ("names" in values) return `-f -a '(__fairlead_names ${values.names})'`;
  return values.paths === "folders" ? "-f -a '(__fish_complete_directories)'" : "-F";
}
