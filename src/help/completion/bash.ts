import { joined, type Flag, type Place, type Values } from "./grammar.ts";

/* A script for bash 3.2 (that of macOS) and later, without the package bash-completion. */

/** The script that completes the program's commands, flags and values in bash. */
export const bashScript = (
  places: readonly Place[],
): string => `# bash completion for fairlead. To load it: eval "$(fairlead completion bash)"

_fairlead_names() {
  local index config=()
  for ((index = 1; index + 1 < COMP_CWORD; index++)); do
    if [[ \${COMP_WORDS[index]} == --config ]]; then config=(--config "\${COMP_WORDS[index + 1]}"); fi
  done
  if type -P fairlead >/dev/null; then
    fairlead completion --names "$1" \${config[@]+"\${config[@]}"} 2>/dev/null </dev/null
  else
    npx --no-install fairlead completion --names "$1" \${config[@]+"\${config[@]}"} 2>/dev/null </dev/null
  fi
}

_fairlead() {
  local IFS=$' \\t\\n'
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local at= words= index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "$at|\${COMP_WORDS[index]}" in
      *"|--") return ;;
${places.flatMap(({ path, commands }) => commands.map(({ name }) => `      "${path}|${name}") at="${joined(path, name)}" ;;`)).join("\n")}
    esac
  done
  COMPREPLY=()
  if [[ $current != -* || $before == -* ]]; then
    case "$at|$before" in
${afterFlags(places)}
    esac
  fi
  if [[ -z $words && $current != -* ]]; then
    case "$at" in
${places.flatMap(argumentLine).join("\n")}
    esac
  fi
  if [[ -z $words ]]; then
    case "$at" in
${places.map(({ path, flags }) => `      "${path}") words="${flags.map(({ long }) => long).join(" ")}" ;;`).join("\n")}
    esac
  fi
  IFS=$' \\t\\n' COMPREPLY=($(compgen -W "$words" -- "$current"))
}

complete -F _fairlead fairlead
`;

/** What is proposed after each flag with a value: one line for all places that have the same. */
function afterFlags(places: readonly Place[]): string {
  const patterns = new Map<string, string[]>();
  for (const { path, flags } of places)
    for (const flag of flags) {
      const action = afterFlag(flag);
      if (action !== undefined) patterns.set(action, [...(patterns.get(action) ?? []), `"${path}|${flag.long}"`]);
    }
  return Array.from(patterns, ([action, cases]) => `      ${cases.join(" | ")}) ${action} ;;`).join("\n");
}

const afterFlag = ({ values, isOptional }: Flag): string | undefined =>
  values === undefined || isOptional ? undefined : actionOf(values);

function argumentLine({ path, commands, argument }: Place): string[] {
  if (commands.length > 0) return [`      "${path}") words="${commands.map(({ name }) => name).join(" ")}" ;;`];
  return argument === "any" ? [] : [`      "${path}") ${actionOf(argument)} ;;`];
}

function actionOf(values: Values): string {
  if (values === "any") return "return";
  if ("words" in values) return `words="${values.words.join(" ")}"`;
  if ("names" in values) return `words=$(_fairlead_names ${values.names}); [[ -n $words ]] || return`;
  const kind = values.paths === "folders" ? "-d" : "-f";
  return `IFS=$'\\n' COMPREPLY=($(compgen ${kind} -- "$current")); compopt -o filenames 2>/dev/null; return`;
}
