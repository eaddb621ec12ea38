// SPDX-License-Identifier: Apache-2.0
/* rtl-faults IMAGE SYMBOLS [--gmii] [--verbose] [ROUNDS [SEED]]: the firmware on the simulated soft core is killed, hung, crashed,
 * stopped and damaged at random moments, its queue is overrun and it is given damaged state, while both directions are full of frames of
 * 64 bytes. Every frame has its verdict, the model's, one each 8 clocks; thresholds stay; whoever comes back says why.
 *
 * Not one access of the host stops the load: what it does, it does beside the frames. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/tests/faults.h"

/* docs/firmware.md, "Alarms", "Mail"; docs/lists/params.def. */
enum { KindLost = 2, KindRestarted = 3, KindSelfTest = 4, KindImport = 5 };
enum { OpHello = 1, OpSet = 3, OpExport = 8, OpImport = 9, OpBye = 13, ByeHang = 1, ByeCrash = 2, StatusRange = 2, StatusLsb = 24 };
enum { ParamPeriod = 1, ParamLearnMin = 2, ParamHold = 8, ParamMerge = 9, ParamThaw = 10, ParamFreeze = 13, ParamClosed = 15,
       ParamFloorLog2 = 16 };
enum { CauseIllegal = 2, CauseAstray = 0x11, AnyCause = -1, CodeDamaged = 1, Piece = 12 };

enum {
	PeriodMs = 66, PeriodFrames = 66000,          /* a frame is a microsecond of `now` */
	AnswerFrames = 120000, BackFrames = 250000,   /* boot and its tests take 80,000 */
	WatchdogUnits = 768,                          /* above what boot takes */
	ShortUnits = 64, MomentFrames = 10000, RestartPolls = 400000, PlainFrames = 2000, QueueEvents = 64,
	AllEvents = WEIR_SOC_EVENT_ENABLE_METER_MASK | WEIR_SOC_EVENT_ENABLE_ESTABLISHED_MASK | WEIR_SOC_EVENT_ENABLE_SAMPLE_MASK,
};

/* Few series, so that the firmware gets round soon; limits far above the normal load, which is a million frames a second. */
static const char policy[] =
	"weir_policy: 1\n"
	"syn_flood: {enabled: %s, per_address_syn_per_s: 40k, total_syn_per_s: 200k}\n"
	"zombie_flood: {total_syn_per_s: unlimited, connections_per_source: unlimited, new_per_source: unlimited}\n"
	"sources: {threshold: off}\n"
	"meters:\n"
	"  remote: {packets_per_s: unlimited, action: count}\n"
	"  pair: {packets_per_s: unlimited, action: count}\n"
	"  class:\n"
	"    syn: {packets_per_s: unlimited, action: count}\n"
	"    tcp: {packets_per_s: unlimited, action: count}\n"
	"    tcp_known: {packets_per_s: unlimited, action: count}\n"
	"    udp_reflect: {packets_per_s: unlimited, action: count}\n"
	"    udp: {packets_per_s: 150k, burst_packets: 5k, action: drop, hold_ms: 200}\n"
	"    icmp: {packets_per_s: unlimited, action: count}\n"
	"    frag: {packets_per_s: unlimited, action: count}\n"
	"    other: {packets_per_s: unlimited, action: count}\n"
	"  address: {packets_per_s: 900k, bytes_per_s: unlimited, action: declare}\n"
	"  prefix: {packets_per_s: unlimited, bytes_per_s: unlimited, action: count}\n"
	"  port:\n"
	"    tcp: {packets_per_s: unlimited, action: count}\n"
	"    udp: {packets_per_s: unlimited, action: count}\n"
	"    icmp: {packets_per_s: unlimited, action: count}\n"
	"    icmpv6: {packets_per_s: unlimited, action: count}\n"
	"  udp_source: {packets_per_s: unlimited, action: count}\n"
	"  protocol: {packets_per_s: unlimited, bytes_per_s: unlimited, action: count}\n";

static struct faults_image image;
static struct faults f;
static unsigned restarts_told, states_kept, states_told;
static uint64_t events_made, events_lost;
static bool learned;   /* a period has passed */

static uint32_t restarts(void)
{
	return faults_read(&f, WEIR_SOC_CPU_STATUS) & WEIR_SOC_CPU_STATUS_RESTARTS_MASK;
}

static void random_moment(void)
{
	faults_run(&f, weir_prng_below(&f.p, MomentFrames));
}

static bool set(uint32_t param, uint32_t value)
{
	const uint32_t word[WEIR_ENGINE_MAIL_WORDS] = { OpSet, param, value };
	uint32_t answer[WEIR_ENGINE_MAIL_WORDS] = { 0 };
	bool ok = faults_mail(&f, word, answer, AnswerFrames) && answer[0] == OpSet;

	faults_check(&f, ok, "a parameter is not set", param);
	return ok;
}

static void set_all(void)
{
	static const uint32_t param[][2] = {
		{ ParamPeriod, PeriodMs }, { ParamLearnMin, 2 }, { ParamHold, 1 }, { ParamMerge, 0 }, { ParamThaw, 0 },
		{ ParamFloorLog2, 18 },
	};

	for (unsigned i = 0; i < sizeof(param) / sizeof(param[0]); i++)
		set(param[i][0], param[i][1]);
}

/* All was forgotten: parameters are set once more, and something is learned again before the next fault. */
static void begin_anew(void)
{
	/* The first may be of the policy's reading, the second is of a period, and that is over by the third. */
	enum { Rounds = 3, Step = 512 };
	uint64_t from = f.peak_reads, until;

	set_all();
	for (until = f.sent + Rounds * BackFrames; f.sent < until && f.peak_reads < from + Rounds; )
		faults_run(&f, Step);
	faults_check(&f, f.peak_reads >= from + Rounds, "no period ends", f.peak_reads - from);
}

/* What was learned goes on, or an alarm tells that it is lost. */
static void check_state(uint32_t line, uint32_t notice)
{
	enum { Step = 512 };

	if (!learned)
		return;
	for (uint64_t until = f.sent + BackFrames; f.sent < until; faults_run(&f, Step)) {
		if (faults_said(&f, line, "goes on with what was learned")) {
			states_kept++;
			return;
		}
		for (uint32_t i = notice; i < f.notices; i++)
			if ((f.notice[i].word[0] & 0xff) == KindImport) {
				states_told++;
				begin_anew();
				return;
			}
	}
	faults_check(&f, false, "neither what was learned goes on nor does an alarm tell", line);
}

/* It has been restarted once more, says so with this reason, and goes on. */
static void check_return(uint32_t before, uint32_t line, uint32_t notice, uint32_t why)
{
	uint32_t i = faults_await_notice(&f, notice, KindRestarted, BackFrames);

	faults_check(&f, restarts() == before + 1, "restarts", restarts());
	faults_check(&f, i != UINT32_MAX, "no alarm of the restart", before);
	if (i == UINT32_MAX)
		return;
	faults_check(&f, f.notice[i].word[5] == why, "another reason of the restart", f.notice[i].word[5]);
	restarts_told++;
	check_state(line, notice);
}

/* The host makes the watchdog's time short for a moment. @return whether it has restarted the core */
static bool shoot(uint32_t units)
{
	uint32_t before = restarts();
	bool shot = false;

	faults_write(&f, WEIR_SOC_WATCHDOG, units);
	for (unsigned i = 0; i < RestartPolls && !shot; i++)
		shot = restarts() != before;
	faults_write(&f, WEIR_SOC_WATCHDOG, WatchdogUnits);
	return shot;
}

/* --- Faults ---------------------------------------------------------------------------------------------------------- */

/* In the midst of any instruction: of an access, of an entry, of the sum over what is kept. */
static void killed(void)
{
	uint32_t before = restarts(), line, notice;

	random_moment();
	line = f.lines;
	notice = f.notices;
	faults_check(&f, shoot(1), "the watchdog does not restart the core", before);
	check_return(before, line, notice, 0);
}

static void gone(uint32_t how, uint32_t why, bool wait)
{
	const uint32_t bye[WEIR_ENGINE_MAIL_WORDS] = { OpBye, how };
	uint32_t before = restarts(), line, notice;

	random_moment();
	line = f.lines;
	notice = f.notices;
	faults_check(&f, faults_post(&f, bye), "the message finds no room", 0);
	if (wait) {
		for (unsigned i = 0; i < RestartPolls && restarts() == before; i++)
			;
	} else {
		for (unsigned i = 0; i < RestartPolls && faults_read(&f, WEIR_SOC_MAIL) & WEIR_SOC_MAIL_IN_FULL_MASK; i++)
			;
		random_moment();
		faults_check_thresholds(&f);
		faults_check(&f, shoot(ShortUnits), "the watchdog does not restart the core", before);
	}
	check_return(before, line, notice, why);
}

static void hung(void)
{
	gone(ByeHang, 0, false);
}

static void hung_for_long(void)
{
	gone(ByeHang, 0, true);
}

static void crashed(void)
{
	gone(ByeCrash, CauseIllegal, false);
}

static void stop(void)
{
	faults_write(&f, WEIR_SOC_CPU, 0);
}

static void go(void)
{
	faults_write(&f, WEIR_SOC_CPU, WEIR_SOC_CPU_RUN_MASK);
}

static void poke(uint32_t addr, uint32_t value)
{
	faults_write(&f, WEIR_SOC_RAM(addr / 4), value);
}

/* In the midst of anything, for any time. */
static void stopped(void)
{
	uint32_t before = restarts(), line, notice;

	random_moment();
	stop();
	faults_check_thresholds(&f);
	random_moment();
	line = f.lines;
	notice = f.notices;
	go();
	check_state(line, notice);
	faults_check(&f, restarts() == before, "restarts of a core that was stopped", restarts());
}

/* Another instruction in the place of one, its sum with it: a fault of the code itself. The function is called again and again.
 * why: what the alarm of the restart must tell; AnyCause. */
static void bad_code(const char *function, uint32_t instruction, int why)
{
	static struct faults_image bad;
	uint32_t addr = faults_symbol(&image, function), sum = faults_symbol(&image, "weir_code_sum");
	uint32_t before = restarts(), line, notice, i;

	bad = image;
	bad.word[addr / 4] = instruction;
	random_moment();
	line = f.lines;
	notice = f.notices;
	stop();
	poke(addr, instruction);
	poke(sum, faults_code_sum(&bad));
	go();
	for (unsigned k = 0; k < RestartPolls && restarts() == before; k++)
		;
	faults_check(&f, restarts() != before, "the watchdog does not restart the core", addr);
	i = faults_await_notice(&f, notice, KindRestarted, BackFrames);
	faults_check(&f, i != UINT32_MAX, "no alarm of the restart", addr);
	faults_check(&f, i != UINT32_MAX && (why == AnyCause || f.notice[i].word[5] == (uint32_t)why), "another reason of the restart",
		     i == UINT32_MAX ? 0 : f.notice[i].word[5]);
	restarts_told += i != UINT32_MAX;
	random_moment();
	stop();
	faults_check_thresholds(&f);
	poke(addr, image.word[addr / 4]);
	poke(sum, image.word[sum / 4]);
	line = f.lines;
	notice = f.notices;
	go();
	check_state(line, notice);
}

static void loops_at_events(void)
{
	bad_code("weir_top_add", 0x0000006f, 0);      /* j . */
}

static void illegal_at_period(void)
{
	bad_code("weir_store_update", 0, CauseIllegal);
}

/* A call of nothing: to address 0, where it boots. */
static void astray(void)
{
	bad_code("weir_store_update", 0x00000067, CauseAstray);   /* jr zero */
}

static void stack_lost(void)
{
	bad_code("weir_alarm_period", 0x00000137, 0); /* lui sp, 0 */
}

static void stack_low(void)
{
	bad_code("weir_top_add", 0x80010113, AnyCause);      /* addi sp, sp, -2048: it goes on at what lies there, often at 0 */
}

static void no_kick(void)
{
	bad_code("kick", 0x00008067, 0);              /* ret */
}

/* A bit of code that nothing needs meanwhile. */
static uint32_t damage_code(void)
{
	uint32_t addr = faults_symbol(&image, "weir_store_forget") + 4 * (uint32_t)weir_prng_below(&f.p, 16);

	stop();
	poke(addr, image.word[addr / 4] ^ 1u << weir_prng_below(&f.p, 32));
	return addr;
}

static void check_self_test(uint32_t notice)
{
	uint32_t i = faults_await_notice(&f, notice, KindSelfTest, BackFrames);

	faults_check(&f, i != UINT32_MAX, "no alarm of the self-test", notice);
	faults_check(&f, i != UINT32_MAX && f.notice[i].word[5] == CodeDamaged, "another code of the self-test",
		     i == UINT32_MAX ? 0 : f.notice[i].word[5]);
}

static void repair(uint32_t addr)
{
	uint32_t line, notice;

	stop();
	poke(addr, image.word[addr / 4]);
	line = f.lines;
	notice = f.notices;
	go();
	check_state(line, notice);
}

static void code_damaged(void)
{
	const uint32_t off[WEIR_MAINT_WORDS] = { 0 };
	uint32_t notice, addr;
	uint64_t records, bypassed;

	random_moment();
	notice = f.notices;
	addr = damage_code();
	go();
	check_self_test(notice);
	faults_run(&f, PlainFrames);
	records = f.records;
	bypassed = f.bypassed;
	faults_run(&f, PlainFrames);
	faults_check(&f, f.records > records && f.bypassed - bypassed == f.records - records, "not all is in bypass",
		     f.bypassed - bypassed);
	repair(addr);
	faults_write_entry(&f, WEIR_REG_BYPASS, off);
	faults_run(&f, PlainFrames);
	bypassed = f.bypassed;
	faults_run(&f, PlainFrames);
	faults_check(&f, f.bypassed == bypassed, "still in bypass", f.bypassed - bypassed);
}

/* The appliance blocks: what waits outside waits. Frames are sent no faster than they are taken, so that none is waited for. */
static void code_damaged_closed(void)
{
	uint32_t notice, addr;
	uint64_t records, left;

	if (!set(ParamClosed, 1))
		return;
	random_moment();
	notice = f.notices;
	addr = damage_code();
	go();
	/* Frames are sent no faster than they are taken, so that none is waited for. */
	faults_still(&f);
	for (left = BackFrames; left && faults_read(&f, WEIR_REG_CTRL) & WEIR_REG_CTRL_RUN_MASK; left--) {
		faults_wait(&f, 2);
		faults_run(&f, 1);
	}
	faults_check(&f, left, "it does not block", 0);
	faults_still(&f);
	records = f.records;
	faults_run(&f, 16);
	faults_still(&f);
	faults_check(&f, f.records == records, "judged while it blocks", f.records - records);
	/* The model has followed the firmware, too. */
	faults_check(&f, !weir_session_write(f.s, WEIR_REG_CTRL, WEIR_REG_CTRL_RUN_MASK), "not to be started again", 0);
	faults_flow(&f);
	check_self_test(notice);
	repair(addr);
	set(ParamClosed, 0);
}

/* What is kept over a restart is not what it was. Everything of the firmware's is forgotten, nothing of the hardware's. */
static void settings_damaged(void)
{
	uint32_t addr = faults_symbol(&image, "fw") + 8 + 4 * (uint32_t)weir_prng_below(&f.p, 8), notice;

	random_moment();
	stop();
	notice = f.notices;
	poke(addr, faults_read(&f, WEIR_SOC_RAM(addr / 4)) ^ 1u << weir_prng_below(&f.p, 32));
	go();
	faults_check(&f, faults_await_notice(&f, notice, KindImport, BackFrames) != UINT32_MAX, "no alarm of settings that are lost", addr);
	faults_check_thresholds(&f);
	begin_anew();
}

static void learned_damaged(void)
{
	enum { Magic = 0x4e524c57, HeadWords = 6 };
	uint32_t addr = faults_symbol(&image, "fw"), end = faults_symbol(&image, "__bss_start"), notice, words;

	random_moment();
	stop();
	while (addr < end && faults_read(&f, WEIR_SOC_RAM(addr / 4)) != Magic)
		addr += 4;
	faults_check(&f, addr < end, "nothing learned is kept", addr);
	words = faults_read(&f, WEIR_SOC_RAM(addr / 4 + 2));
	addr += 4 * (uint32_t)weir_prng_range(&f.p, HeadWords, words - 1);
	poke(addr, faults_read(&f, WEIR_SOC_RAM(addr / 4)) ^ 1u << weir_prng_below(&f.p, 32));
	notice = f.notices;
	go();
	faults_check(&f, faults_await_notice(&f, notice, KindImport, BackFrames) != UINT32_MAX, "no alarm of what is lost", addr);
	faults_check_thresholds(&f);
}

/* --- The queue ------------------------------------------------------------------------------------------------------- */

static uint32_t lost_events(void)
{
	return faults_read(&f, WEIR_SOC_EVENT_QUEUE) >> WEIR_SOC_EVENT_QUEUE_LOST_LSB;
}

/* Those that wait are, one by one, of the frames that made one, and in their order. @return how many */
static uint64_t take_events(uint64_t *at, uint64_t most)
{
	uint64_t n = 0;

	for (; n < most && faults_read(&f, WEIR_SOC_EVENT_QUEUE) & WEIR_SOC_EVENT_QUEUE_COUNT_MASK; n++) {
		uint32_t word[WEIR_EVENT_WORDS];

		for (uint32_t i = 0; i < WEIR_EVENT_WORDS; i++)
			word[i] = faults_read(&f, WEIR_SOC_EVENT_HEAD(i));
		faults_write(&f, WEIR_SOC_EVENT_POP, 1);
		while (*at < f.events && *at < FAULTS_EVENTS && f.event[*at][0] != word[0])
			(*at)++;
		faults_check(&f, *at < f.events && *at < FAULTS_EVENTS && !memcmp(f.event[*at], word, sizeof(word)),
			     "an event that no frame made", word[0]);
		(*at)++;
	}
	return n;
}

/* The core stands still; the host, a slow reader, has its place. Made by the model's records = taken + lost. */
static void queue_overrun(void)
{
	enum { Rounds = 60, RunMost = 300, TakeMost = 12, SampleMost = 3 };
	uint64_t taken = 0, at = 0;
	uint32_t enable, lost, line, notice;

	random_moment();
	stop();
	faults_still(&f);
	enable = faults_read(&f, WEIR_SOC_EVENT_ENABLE);
	faults_write(&f, WEIR_SOC_EVENT_ENABLE, 0);
	for (unsigned i = 0; i < QueueEvents; i++)
		faults_write(&f, WEIR_SOC_EVENT_POP, 1);
	f.event = calloc(FAULTS_EVENTS, sizeof(*f.event));
	if (!f.event)
		exit(EXIT_FAILURE);
	lost = lost_events();
	f.events = 0;
	f.enable = AllEvents | (uint32_t)weir_prng_below(&f.p, SampleMost + 1);
	faults_write(&f, WEIR_SOC_EVENT_ENABLE, f.enable);
	faults_flow(&f);
	for (unsigned i = 0; i < Rounds; i++) {
		faults_run(&f, weir_prng_below(&f.p, RunMost));
		taken += take_events(&at, weir_prng_below(&f.p, TakeMost));
	}
	faults_still(&f);
	f.enable = 0;
	faults_write(&f, WEIR_SOC_EVENT_ENABLE, 0);
	taken += take_events(&at, QueueEvents + 1);
	lost = (lost_events() - lost) & (WEIR_SOC_EVENT_QUEUE_LOST_MASK >> WEIR_SOC_EVENT_QUEUE_LOST_LSB);
	faults_check(&f, f.events <= FAULTS_EVENTS && f.events == taken + lost, "events made are not those taken and lost", f.events);
	faults_check(&f, lost > QueueEvents && taken > QueueEvents, "too few events lost, or taken", lost);
	events_made += f.events;
	events_lost += lost;
	free(f.event);
	f.event = NULL;
	faults_write(&f, WEIR_SOC_EVENT_ENABLE, enable);
	faults_flow(&f);
	line = f.lines;
	notice = f.notices;
	go();
	check_state(line, notice);
}

/* More than the running firmware can take: it says so, and takes fewer samples. */
static void queue_overrun_alarm(void)
{
	uint32_t notice = f.notices, lost = lost_events(), i;

	random_moment();
	faults_write(&f, WEIR_SOC_EVENT_ENABLE, AllEvents);
	i = faults_await_notice(&f, notice, KindLost, BackFrames);
	faults_check(&f, i != UINT32_MAX, "no alarm of lost events", lost);
	faults_check(&f, i != UINT32_MAX && f.notice[i].word[5] && f.notice[i].word[5] <= lost_events(), "another count of lost events",
		     i == UINT32_MAX ? 0 : f.notice[i].word[5]);
	faults_run(&f, PeriodFrames);
	faults_check(&f, (faults_read(&f, WEIR_SOC_EVENT_ENABLE) & WEIR_SOC_EVENT_ENABLE_SAMPLE_LOG2_MASK) > 0, "as many samples as before", 0);
}

/* --- Learned state of the host -------------------------------------------------------------------------------------- */

static uint32_t crc(const uint32_t *word, uint32_t n)
{
	uint32_t c = UINT32_MAX;

	for (uint32_t i = 0; i < n; i++) {
		c ^= word[i];
		for (unsigned b = 0; b < 32; b++)
			c = c >> 1 ^ (c & 1 ? 0xedb88320u : 0);
	}
	return ~c;
}

/* @return the status of the piece that ended it, and whether it was taken */
static uint32_t import(const uint32_t *block, uint32_t n, bool *ret_taken)
{
	uint32_t answer[WEIR_ENGINE_MAIL_WORDS] = { 0 };

	*ret_taken = false;
	for (uint32_t at = 0; at < n; at += Piece) {
		uint32_t word[WEIR_ENGINE_MAIL_WORDS] = { OpImport, at, n - at < Piece ? n - at : Piece };

		memcpy(word + 3, block + at, word[2] * sizeof(*word));
		faults_check(&f, faults_mail(&f, word, answer, AnswerFrames), "no answer to an import", at);
		*ret_taken = answer[2];
		if (answer[0] >> StatusLsb || answer[2])
			break;
	}
	return answer[0] >> StatusLsb;
}

static uint32_t export(uint32_t block[WEIR_LEARNED_WORDS])
{
	uint32_t n = 0, all, word[WEIR_ENGINE_MAIL_WORDS] = { OpHello }, answer[WEIR_ENGINE_MAIL_WORDS] = { 0 };

	faults_check(&f, faults_mail(&f, word, answer, AnswerFrames), "no answer", 0);
	all = answer[5] / 4;
	while (n < all && n + Piece <= WEIR_LEARNED_WORDS) {
		word[0] = OpExport;
		word[1] = n;
		if (!faults_mail(&f, word, answer, AnswerFrames) || answer[0] >> StatusLsb || !answer[2])
			break;
		memcpy(block + n, answer + 3, answer[2] * sizeof(*block));
		n += answer[2];
	}
	faults_check(&f, n && n == all, "export", n);
	return n;
}

enum damage { OneBit, Length, SameSeries, Damages };

static void damage(uint32_t *block, uint32_t n, enum damage how)
{
	enum { AtWords = 2, Head = 6, Series = 5 };

	switch (how) {
	case OneBit:
		block[weir_prng_below(&f.p, n)] ^= 1u << weir_prng_below(&f.p, 32);
		return;
	case Length:
		block[AtWords]++;
		break;
	default:
		block[Head + Series] = block[Head];
		break;
	}
	block[n - 1] = crc(block, n - 1);
}

static void import_damaged(void)
{
	static uint32_t block[WEIR_LEARNED_WORDS], bad[WEIR_LEARNED_WORDS];
	uint32_t n, notice = f.notices, status;
	uint64_t writes;
	bool taken;

	f.flood = false;   /* or each answer takes the firmware as long as the events before it */
	set(ParamFreeze, 1);
	writes = f.meter_writes;
	n = export(block);
	for (enum damage how = 0; how < Damages; how++) {
		memcpy(bad, block, n * sizeof(*block));
		damage(bad, n, how);
		status = import(bad, n, &taken);
		faults_check(&f, status == StatusRange && !taken, "damaged state is not refused", how);
	}
	faults_check(&f, faults_await_notice(&f, notice, KindImport, PeriodFrames) != UINT32_MAX, "no alarm of a refused import", notice);
	faults_check(&f, f.meter_writes == writes, "a threshold moved", f.meter_writes - writes);
	faults_check_thresholds(&f);
	status = import(block, n, &taken);
	faults_check(&f, !status && taken, "right state is refused", status);
	set(ParamFreeze, 0);
	f.flood = true;
}

/* --- All of it ------------------------------------------------------------------------------------------------------- */

static const struct fault {
	const char *name;
	void (*make)(void);
	bool gmii;   /* at the pins, too, where all of it takes three times as long */
	bool rare;   /* not in a single round */
} faults[] = {
	{ "killed", killed, true, false }, { "hung", hung, true, false }, { "queue overrun", queue_overrun, true, false },
	{ "crashed", crashed, true, false }, { "stopped", stopped, true, false }, { "killed", killed, true, false },
	{ "hung until the watchdog's time is over", hung_for_long, false, true }, { "loops at an event", loops_at_events, false, true },
	{ "illegal instruction at the end of a period", illegal_at_period, false, false }, { "gone astray", astray, false, false },
	{ "stack lost", stack_lost, false, false },
	{ "stack too low", stack_low, false, true }, { "no kicks", no_kick, false, true }, { "killed", killed, false, false },
	{ "events lost", queue_overrun_alarm, false, false }, { "damaged import", import_damaged, false, false },
	{ "code damaged, bypass", code_damaged, false, false }, { "code damaged, blocks", code_damaged_closed, false, false },
	{ "learned state damaged", learned_damaged, false, false }, { "settings damaged", settings_damaged, false, false },
};

/* Thresholds are learned of normal traffic first. */
static bool begin(bool gmii, uint64_t seed)
{
	enum { Periods = 12 };
	char text[sizeof(policy) + 8];

	/* On a wire that is full already, answers would wait for ever. */
	snprintf(text, sizeof(text), policy, gmii ? "false" : "true");
	if (!faults_open(&f, &image, text, gmii, seed))
		return false;
	faults_write(&f, WEIR_SOC_WATCHDOG, WatchdogUnits);
	faults_flow(&f);
	set_all();
	for (unsigned i = 0; i < Periods && !gmii && !f.meter_writes; i++)
		faults_run(&f, PeriodFrames);
	faults_check(&f, gmii || f.meter_writes, "no threshold has been learned", f.lines);
	learned = !gmii;
	f.flood = true;
	return true;
}

int main(int argc, char **argv)
{
	bool gmii = false;
	int at = 1;
	uint64_t rounds, seed;

	if (argc < 3 || !faults_image_read(&image, argv[1], argv[2])) {
		fprintf(stderr, "usage: rtl-faults IMAGE SYMBOLS [--gmii] [--verbose] [ROUNDS [SEED]]\n");
		return EXIT_FAILURE;
	}
	for (at = 3; at < argc && argv[at][0] == '-'; at++) {
		gmii |= !strcmp(argv[at], "--gmii");
		f.verbose |= !strcmp(argv[at], "--verbose");
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	rounds = at < argc ? strtoull(argv[at], NULL, 0) : 1;
	seed = at + 1 < argc ? strtoull(argv[at + 1], NULL, 0) : 1;
	if (!begin(gmii, seed)) {
		fprintf(stderr, "rtl-faults: hardware or firmware do not start\n");
		return EXIT_FAILURE;
	}
	for (uint64_t r = 0; r < rounds; r++)
		for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
			if ((gmii && !faults[i].gmii) || (rounds == 1 && faults[i].rare))
				continue;
			if (f.verbose)
				printf("%s, %" PRIu64 " clocks, %" PRIu64 " frames\n", faults[i].name, weir_session_clocks(f.s), f.sent);
			faults[i].make();
			fflush(stdout);
		}
	faults_check(&f, f.dropped, "no flood was dropped", 0);
	faults_close(&f);
	printf("%" PRIu64 " frames of 64 bytes, %.2f clocks a frame, %" PRIu64 " dropped; %u restarts told, what was learned went on %u times, "
	       "was lost and told %u times; of %" PRIu64 " events %" PRIu64 " lost\n", f.sent, (double)f.span_clocks / (double)f.span_records,
	       f.dropped, restarts_told, states_kept, states_told, events_made, events_lost);
	printf("rtl-faults: %" PRIu64 " checks, %" PRIu64 " failed\n", f.checks, f.failed);
	return f.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
