# fish completion for ferry; generated from the table of commands.
complete -c ferry -f
complete -c ferry -n __fish_use_subcommand -a run -d 'Send files from this board, until stopped.'
complete -c ferry -n __fish_use_subcommand -a check -d 'Check configuration, permissions, receiver, clock and disk; every problem at once.'
complete -c ferry -n __fish_use_subcommand -a status -d 'Show what is sent, what waits and why.'
complete -c ferry -n __fish_use_subcommand -a sync -d 'Send everything now, whatever the schedule says.'
complete -c ferry -n __fish_use_subcommand -a pause -d 'Send nothing until told otherwise.'
complete -c ferry -n __fish_use_subcommand -a resume -d 'End a pause.'
complete -c ferry -n __fish_use_subcommand -a retry -d 'Put back what lies in failed/, and ask again about what was refused.'
complete -c ferry -n __fish_use_subcommand -a init -d 'Write a configuration and the key file on a board.'
complete -c ferry -n __fish_use_subcommand -a install -d 'Make a service of this executable: user, directories, configuration, unit or script.'
complete -c ferry -n __fish_use_subcommand -a uninstall -d 'Stop and remove the service and the executable; no data.'
complete -c ferry -n __fish_use_subcommand -a receive -d 'Receive files: the other end.'
complete -c ferry -n __fish_use_subcommand -a merge -d 'Merge small files of rows in a store; no receiver may run on it.'
complete -c ferry -n __fish_use_subcommand -a keys -d 'Keys of boards: add NAME, list, revoke ID.'
complete -c ferry -n __fish_use_subcommand -a bench -d 'Measure this board: disk DIR, upload, memory, scan DIR, all DIR.'
complete -c ferry -n __fish_use_subcommand -a completion -d 'Print the completion for a shell.'
complete -c ferry -n __fish_use_subcommand -a man -d 'Print a manual page.'
complete -c ferry -n __fish_use_subcommand -a version -d 'Show the version.'
complete -c ferry -n '__fish_seen_subcommand_from run' -l config -d 'The configuration, JSON with comments. Default: /etc/ferry/ferry.json' -r -F
complete -c ferry -n '__fish_seen_subcommand_from run' -l once -d 'Send what two looks find, then stop; 0 only if all of it is gone or kept. Sends nothing during a pause or with sync disabled.'
complete -c ferry -n '__fish_seen_subcommand_from run' -l timeout -d 'With --once: give up after this long, as 10m. Default: 10m' -x
complete -c ferry -n '__fish_seen_subcommand_from run' -l dry-run -d 'Name what would be sent and deleted, and why not; change nothing.'
complete -c ferry -n '__fish_seen_subcommand_from run' -l log-level -d 'error, warn, info, debug or trace; over the configuration.' -x -a 'error warn info debug trace'
complete -c ferry -n '__fish_seen_subcommand_from run' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from check' -l config -d 'The configuration, JSON with comments. Default: /etc/ferry/ferry.json' -r -F
complete -c ferry -n '__fish_seen_subcommand_from check' -l offline -d 'Ask neither name server nor receiver.'
complete -c ferry -n '__fish_seen_subcommand_from check' -l json -d 'As JSON, for programs.'
complete -c ferry -n '__fish_seen_subcommand_from check' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from status' -l config -d 'The configuration, JSON with comments. Default: /etc/ferry/ferry.json' -r -F
complete -c ferry -n '__fish_seen_subcommand_from status' -l json -d 'As JSON, for programs.'
complete -c ferry -n '__fish_seen_subcommand_from status' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from sync' -l config -d 'The configuration, JSON with comments. Default: /etc/ferry/ferry.json' -r -F
complete -c ferry -n '__fish_seen_subcommand_from sync' -l wait -d 'Return when all of it is gone, or what is left can only wait.'
complete -c ferry -n '__fish_seen_subcommand_from sync' -l timeout -d 'Give up after this long, as 10m. Default: 10m' -x
complete -c ferry -n '__fish_seen_subcommand_from sync' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from pause' -l config -d 'The configuration, JSON with comments. Default: /etc/ferry/ferry.json' -r -F
complete -c ferry -n '__fish_seen_subcommand_from pause' -l for -d 'For this long, as 2h. Default: until ferry resume' -x
complete -c ferry -n '__fish_seen_subcommand_from pause' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from resume' -l config -d 'The configuration, JSON with comments. Default: /etc/ferry/ferry.json' -r -F
complete -c ferry -n '__fish_seen_subcommand_from resume' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from retry' -l config -d 'The configuration, JSON with comments. Default: /etc/ferry/ferry.json' -r -F
complete -c ferry -n '__fish_seen_subcommand_from retry' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from init' -l join -d 'The line that ferry keys add printed.' -x
complete -c ferry -n '__fish_seen_subcommand_from init' -l dir -d 'Where the files go. Default: /etc/ferry' -x -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from init' -l root -d 'A directory to send from; may be repeated.' -x -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from init' -l device -d 'Name of this board. Default: as in the line, or the host name.' -x
complete -c ferry -n '__fish_seen_subcommand_from init' -l state-dir -d 'Where the journal goes.' -x -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from init' -l force -d 'Replace what is there.'
complete -c ferry -n '__fish_seen_subcommand_from init' -l key-only -d 'With --join: replace key and authority; the configuration stays as it is.'
complete -c ferry -n '__fish_seen_subcommand_from init' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from install' -l init -d 'systemd, sysv, openrc, procd or auto. Default: auto' -x
complete -c ferry -n '__fish_seen_subcommand_from install' -l user -d 'Who it runs as. Default: as before, else the owner of the directories, root for several, ferry for none.' -x
complete -c ferry -n '__fish_seen_subcommand_from install' -l receiver -d 'The receiver, not the agent.'
complete -c ferry -n '__fish_seen_subcommand_from install' -l join -d 'The line that ferry keys add printed. For a new configuration; an untouched example is replaced.' -x
complete -c ferry -n '__fish_seen_subcommand_from install' -l root -d 'A directory to send from, for a new configuration; may be repeated.' -x -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from install' -l device -d 'Name of this board. Default: as in the line, or the host name.' -x
complete -c ferry -n '__fish_seen_subcommand_from install' -l store -d 'With --receiver. Default: as before, else /srv/ferry' -x -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from install' -l host -d 'With --receiver: a name or address of this machine, added to the certificate of a store that is there; may be repeated.' -x
complete -c ferry -n '__fish_seen_subcommand_from install' -l listen -d 'With --receiver. Default: as before, else 0.0.0.0:7443' -x
complete -c ferry -n '__fish_seen_subcommand_from install' -l prefix -d 'An image of a system below this directory; nothing is started.' -x -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from install' -l dry-run -d 'Say what would be done; change nothing.'
complete -c ferry -n '__fish_seen_subcommand_from install' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from uninstall' -l init -d 'systemd, sysv, openrc, procd or auto. Default: auto' -x
complete -c ferry -n '__fish_seen_subcommand_from uninstall' -l receiver -d 'The receiver, not the agent.'
complete -c ferry -n '__fish_seen_subcommand_from uninstall' -l purge -d 'The configuration with its key, and the journal, too.'
complete -c ferry -n '__fish_seen_subcommand_from uninstall' -l prefix -d 'An image of a system below this directory; nothing is started.' -x -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from uninstall' -l dry-run -d 'Say what would be done; change nothing.'
complete -c ferry -n '__fish_seen_subcommand_from uninstall' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from receive' -l init -d 'Make a store and stop; with --host, add names to the certificate of one that is there.' -x -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from receive' -l host -d 'With --init: a name or address of this machine; may be repeated.' -x
complete -c ferry -n '__fish_seen_subcommand_from receive' -l store -d 'The store, made by --init.' -x -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from receive' -l listen -d 'Default: 127.0.0.1:7443; port 0 picks one.' -x
complete -c ferry -n '__fish_seen_subcommand_from receive' -l tls-cert -d 'Certificate chain (PEM). Default: what --init made.' -r -F
complete -c ferry -n '__fish_seen_subcommand_from receive' -l tls-key -d 'Its key (PEM). Default: what --init made.' -r -F
complete -c ferry -n '__fish_seen_subcommand_from receive' -l plaintext -d 'No TLS, for loopback.'
complete -c ferry -n '__fish_seen_subcommand_from receive' -l keys -d 'The keys file. Default: keys in the store.' -r -F
complete -c ferry -n '__fish_seen_subcommand_from receive' -l no-keys -d 'No keys, for loopback: every agent is "anonymous".'
complete -c ferry -n '__fish_seen_subcommand_from receive' -l min-free -d 'Room that stays free. Default: 256MiB' -x
complete -c ferry -n '__fish_seen_subcommand_from receive' -l receipt-days -d 'How long receipts are kept. Default: 90' -x
complete -c ferry -n '__fish_seen_subcommand_from receive' -l part-days -d 'How long unfinished uploads are kept. Default: 14' -x
complete -c ferry -n '__fish_seen_subcommand_from receive' -l merge-every -d 'Merge small files of rows of past dates at start and so often, as 6h. Default: never' -x
complete -c ferry -n '__fish_seen_subcommand_from receive' -l allow-volatile-store -d 'Take a store in memory (tmpfs).'
complete -c ferry -n '__fish_seen_subcommand_from receive' -l log-level -d 'error, warn, info, debug or trace. Default: info' -x -a 'error warn info debug trace'
complete -c ferry -n '__fish_seen_subcommand_from receive' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from merge' -l store -d 'The store, made by --init.' -x -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from merge' -l allow-volatile-store -d 'Take a store in memory (tmpfs).'
complete -c ferry -n '__fish_seen_subcommand_from merge' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from keys' -a 'add list revoke'
complete -c ferry -n '__fish_seen_subcommand_from keys' -l keys -d 'The keys file, in a store made by --init.' -r -F
complete -c ferry -n '__fish_seen_subcommand_from keys' -l address -d 'Where boards reach the receiver; for the join line.' -x
complete -c ferry -n '__fish_seen_subcommand_from keys' -l ca -d 'With a certificate of your own (receive --tls-cert): its authority (PEM), or "public".' -r -F
complete -c ferry -n '__fish_seen_subcommand_from keys' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from bench' -a 'disk upload memory scan all'
complete -c ferry -n '__fish_seen_subcommand_from bench' -a '(__fish_complete_directories)'
complete -c ferry -n '__fish_seen_subcommand_from bench' -l config -d 'upload: measure the destination of this file.' -r -F
complete -c ferry -n '__fish_seen_subcommand_from bench' -l seconds -d 'For each kind of measurement. Default: 5' -x
complete -c ferry -n '__fish_seen_subcommand_from bench' -l size -d 'The largest file. Default: 256MiB' -x
complete -c ferry -n '__fish_seen_subcommand_from bench' -l json -d 'As JSON, for programs.'
complete -c ferry -n '__fish_seen_subcommand_from bench' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'
complete -c ferry -n '__fish_seen_subcommand_from completion' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from man' -a 'ferry ferry.json'
complete -c ferry -n '__fish_seen_subcommand_from man' -l help -d 'Show this help.'
complete -c ferry -n '__fish_seen_subcommand_from version' -l help -d 'Show this help.'
