# bash completion for ferry; generated from the table of commands.
_ferry() {
  local cur=${COMP_WORDS[COMP_CWORD]} words= files=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "run check status sync pause resume retry init install uninstall receive merge keys bench completion man version" -- "$cur")
    return
  fi
  case ${COMP_WORDS[1]}:${COMP_WORDS[COMP_CWORD - 1]} in
    run:--config) files=-f ;;
    run:--timeout) : ;;
    run:--log-level) words="error warn info debug trace" ;;
    run:*)
      if [[ $cur == -* ]]; then words="--config --once --timeout --dry-run --log-level --help"
      else :; fi ;;
    check:--config) files=-f ;;
    check:*)
      if [[ $cur == -* ]]; then words="--config --offline --json --help"
      else :; fi ;;
    status:--config) files=-f ;;
    status:*)
      if [[ $cur == -* ]]; then words="--config --json --help"
      else :; fi ;;
    sync:--config) files=-f ;;
    sync:--timeout) : ;;
    sync:*)
      if [[ $cur == -* ]]; then words="--config --wait --timeout --help"
      else :; fi ;;
    pause:--config) files=-f ;;
    pause:--for) : ;;
    pause:*)
      if [[ $cur == -* ]]; then words="--config --for --help"
      else :; fi ;;
    resume:--config) files=-f ;;
    resume:*)
      if [[ $cur == -* ]]; then words="--config --help"
      else :; fi ;;
    retry:--config) files=-f ;;
    retry:*)
      if [[ $cur == -* ]]; then words="--config --help"
      else :; fi ;;
    init:--join) : ;;
    init:--dir) files=-d ;;
    init:--root) files=-d ;;
    init:--device) : ;;
    init:--state-dir) files=-d ;;
    init:*)
      if [[ $cur == -* ]]; then words="--join --dir --root --device --state-dir --force --key-only --help"
      else :; fi ;;
    install:--init) : ;;
    install:--user) : ;;
    install:--join) : ;;
    install:--root) files=-d ;;
    install:--device) : ;;
    install:--store) files=-d ;;
    install:--host) : ;;
    install:--listen) : ;;
    install:--prefix) files=-d ;;
    install:*)
      if [[ $cur == -* ]]; then words="--init --user --receiver --join --root --device --store --host --listen --prefix --dry-run --help"
      else :; fi ;;
    uninstall:--init) : ;;
    uninstall:--prefix) files=-d ;;
    uninstall:*)
      if [[ $cur == -* ]]; then words="--init --receiver --purge --prefix --dry-run --help"
      else :; fi ;;
    receive:--init) files=-d ;;
    receive:--host) : ;;
    receive:--store) files=-d ;;
    receive:--listen) : ;;
    receive:--tls-cert) files=-f ;;
    receive:--tls-key) files=-f ;;
    receive:--keys) files=-f ;;
    receive:--min-free) : ;;
    receive:--receipt-days) : ;;
    receive:--part-days) : ;;
    receive:--merge-every) : ;;
    receive:--log-level) words="error warn info debug trace" ;;
    receive:*)
      if [[ $cur == -* ]]; then words="--init --host --store --listen --tls-cert --tls-key --plaintext --keys --no-keys --min-free --receipt-days --part-days --merge-every --allow-volatile-store --log-level --help"
      else :; fi ;;
    merge:--store) files=-d ;;
    merge:*)
      if [[ $cur == -* ]]; then words="--store --allow-volatile-store --help"
      else :; fi ;;
    keys:--keys) files=-f ;;
    keys:--address) : ;;
    keys:--ca) files=-f ;;
    keys:*)
      if [[ $cur == -* ]]; then words="--keys --address --ca --help"
      elif ((COMP_CWORD == 2)); then words="add list revoke"
      else :; fi ;;
    bench:--config) files=-f ;;
    bench:--seconds) : ;;
    bench:--size) : ;;
    bench:*)
      if [[ $cur == -* ]]; then words="--config --seconds --size --json --help"
      elif ((COMP_CWORD == 2)); then words="disk upload memory scan all"
      else files=-d; fi ;;
    completion:*)
      if [[ $cur == -* ]]; then words="--help"
      elif ((COMP_CWORD == 2)); then words="bash zsh fish"
      else :; fi ;;
    man:*)
      if [[ $cur == -* ]]; then words="--help"
      elif ((COMP_CWORD == 2)); then words="ferry ferry.json"
      else :; fi ;;
    version:*)
      if [[ $cur == -* ]]; then words="--help"
      else :; fi ;;
  esac
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen "$files" -- "$cur")
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
  fi
}
complete -F _ferry ferry
