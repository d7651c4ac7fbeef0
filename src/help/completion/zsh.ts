import { brief, joined, type Flag, type Place, type Values } from "./grammar.ts";

/** The script that completes the program's commands, flags and values in zsh. It is loaded by `eval`, or as the file `_fairlead` in `fpath`. */
export const zshScript = (places: readonly Place[]): string => `#compdef fairlead
# zsh completion for fairlead. To load it, after compinit: eval "$(fairlead completion zsh)"

_fairlead_names() {
  local -a config names
  local index
  for ((index = 2; index + 1 < CURRENT; index++)); do
    if [[ $words[index] == --config ]]; then config=(--config $words[index+1]); fi
  done
  if whence -p fairlead >/dev/null; then
    names=(\${(f)"$(fairlead completion --names $1 $config 2>/dev/null </dev/null)"})
  else
    names=(\${(f)"$(npx --no-install fairlead completion --names $1 $config 2>/dev/null </dev/null)"})
  fi
  compadd -a names
}

_fairlead() {
  local current=$words[CURRENT] before=$words[CURRENT-1] at= index
  local -a found
  for ((index = 2; index < CURRENT; index++)); do
    case "$at|$words[index]" in
      *'|--') _default; return ;;
${places.flatMap(({ path, commands }) => commands.map(({ name }) => `      '${path}|${name}') at='${joined(path, name)}' ;;`)).join("\n")}
    esac
  done
  case "$at|$before" in
${places.flatMap(({ path, flags }) => flags.flatMap((flag) => afterFlag(path, flag))).join("\n")}
  esac
  if [[ $current != -* ]]; then
    case "$at" in
${places.flatMap(argumentLine).join("\n")}
    esac
  fi
  case "$at" in
${places.map(({ path, flags }) => `    '${path}') found=(${flags.map(({ long, what }) => `'${long}:${brief(what)}'`).join(" ")}) ;;`).join("\n")}
  esac
  _describe flag found
}

if [[ $funcstack[1] == _fairlead ]]; then
  _fairlead "$@"
else
  compdef _fairlead fairlead
fi
`;

const afterFlag = (path: string, { long, values, isOptional }: Flag): string[] =>
  values === undefined || isOptional ? [] : [`    '${path}|${long}') ${actionOf(values)}; return ;;`];

function argumentLine({ path, commands, argument }: Place): string[] {
  if (commands.length > 0) {
    const described = commands.map(({ name, what }) => `'${name}:${brief(what)}'`).join(" ");
    return [`      '${path}') found=(${described}); _describe command found; return ;;`];
  }
  return argument === "any" ? [] : [`      '${path}') ${actionOf(argument)}; return ;;`];
}

function actionOf(values: Values): string {
  if (values === "any") return "_message value";
  if ("words" in values) return `compadd ${values.words.join(" ")}`;
  if ("names" in values) return `_fairlead_names ${values.names}`;
  return values.paths === "folders" ? "_files -/" : "_files";
}
