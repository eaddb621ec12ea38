# SPDX-License-Identifier: Apache-2.0
# bash completion for weirctl. Made by weirctl --completion; do not edit.
_weirctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words="" i skip=0
	COMPREPLY=()
	case $prev in
	--site|-s|--record|--write|-w) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--device|-d|--confirm|--interval|-i|--count|-n|--listen|-l|--limit|--seconds|--verdict|--reason|--side|--every) return ;;
	esac
	# The words that are no options nor their arguments.
	for ((i = 1; i < COMP_CWORD; i++)); do
		if ((skip)); then skip=0; continue; fi
		case ${COMP_WORDS[i]} in
		--site|-s|--record|--write|-w|--device|-d|--confirm|--interval|-i|--count|-n|--listen|-l|--limit|--seconds|--verdict|--reason|--side|--every) skip=1 ;;
		-*) ;;
		*) words+="${words:+ }${COMP_WORDS[i]}" ;;
		esac
	done
	local offer="" files=0
	case "$words" in
	"") offer="list status top counters meters threshold mode bypass param sources connections legit rules policy snapshot learn alarms events why capture selftest exporter --device --site --json --record --debug --help --version --manual --completion" ;;
	threshold) offer="get set" ;;
	param) offer="get set" ;;
	legit) offer="show del" ;;
	rules) offer="show add del load diff apply" ;;
	policy) offer="check load save" ;;
	snapshot) offer="save restore" ;;
	learn) offer="export import freeze forget" ;;
	"list"*) offer=" --device --site --json --record --debug --help" ;;
	"status"*) offer=" --device --site --json --record --debug --help" ;;
	"top"*) offer=" --device --site --json --record --debug --help --interval --count" ;;
	"counters"*) offer="reason reason_dry class anomaly event side table --device --site --json --record --debug --help --all" ;;
	"meters"*) offer=" --device --site --json --record --debug --help" ;;
	"threshold get"*) offer=" --device --site --json --record --debug --help" ;;
	"threshold set"*) offer="auto --device --site --json --record --debug --help" ;;
	"mode"*) offer="off learning dry_run prevention --device --site --json --record --debug --help" ;;
	"bypass"*) offer="on off --device --site --json --record --debug --help" ;;
	"param get"*) offer=" --device --site --json --record --debug --help" ;;
	"param set"*) offer=" --device --site --json --record --debug --help" ;;
	"sources"*) offer=" --device --site --json --record --debug --help --limit" ;;
	"connections"*) offer=" --device --site --json --record --debug --help --limit" ;;
	"legit show"*) offer=" --device --site --json --record --debug --help --limit" ;;
	"legit del"*) offer=" --device --site --json --record --debug --help" ;;
	"rules show"*) offer=" --device --site --json --record --debug --help" ;;
	"rules add"*) offer="block limit divert allow from to protocol port remote_port direction fragments priority originator expires packets_per_s burst_packets --device --site --json --record --debug --help" ;;
	"rules del"*) offer=" --device --site --json --record --debug --help" ;;
	"rules load"*) offer=" --device --site --json --record --debug --help"; files=1 ;;
	"rules diff"*) offer=" --device --site --json --record --debug --help"; files=1 ;;
	"rules apply"*) offer=" --device --site --json --record --debug --help --confirm"; files=1 ;;
	"policy check"*) offer=" --device --site --json --record --debug --help"; files=1 ;;
	"policy load"*) offer=" --device --site --json --record --debug --help"; files=1 ;;
	"policy save"*) offer=" --device --site --json --record --debug --help"; files=1 ;;
	"snapshot save"*) offer=" --device --site --json --record --debug --help"; files=1 ;;
	"snapshot restore"*) offer=" --device --site --json --record --debug --help"; files=1 ;;
	"learn export"*) offer=" --device --site --json --record --debug --help"; files=1 ;;
	"learn import"*) offer=" --device --site --json --record --debug --help"; files=1 ;;
	"learn freeze"*) offer="on off --device --site --json --record --debug --help" ;;
	"learn forget"*) offer=" --device --site --json --record --debug --help" ;;
	"alarms"*) offer=" --device --site --json --record --debug --help --all" ;;
	"events"*) offer=" --device --site --json --record --debug --help --follow --seconds" ;;
	"why"*) offer=" --device --site --json --record --debug --help --limit" ;;
	"capture"*) offer=" --device --site --json --record --debug --help --count --seconds --write --verdict --reason --side --every --force" ;;
	"selftest"*) offer=" --device --site --json --record --debug --help" ;;
	"exporter"*) offer=" --device --site --json --record --debug --help --interval --listen" ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$offer" -- "$cur")
	if ((files)); then mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur"); fi
}
complete -o filenames -F _weirctl weirctl
