// SPDX-License-Identifier: Apache-2.0
#include "stats.h"

#include <stdlib.h>
#include <string.h>

enum { FineNs = 8, Octave = 64 };

void weir_stats_init(struct weir_stats *s, const struct weir_policy *policy, const struct weir_rule_map *rules)
{
	memset(s, 0, sizeof(*s));
	s->policy = policy;
	s->rules = rules;
	s->first_ns = s->latency_min = UINT64_MAX;
}

/* Steps of 8 ns, then 64 steps an octave. */
static size_t latency_bucket(uint64_t ns)
{
	uint64_t steps = ns / FineNs;
	unsigned octave;
	size_t at;

	if (steps < WEIR_LATENCY_FINE)
		return (size_t)steps;
	octave = 63u - (unsigned)__builtin_clzll(steps);
	at = WEIR_LATENCY_FINE + (octave - 12) * Octave + (steps >> (octave - 6)) % Octave;
	return at < WEIR_LATENCY_BUCKETS ? at : WEIR_LATENCY_BUCKETS - 1;
}

/* Upper end of a bucket. */
static uint64_t bucket_ns(size_t at)
{
	unsigned octave;

	if (at < WEIR_LATENCY_FINE)
		return at * FineNs;
	at -= WEIR_LATENCY_FINE;
	octave = 12 + (unsigned)(at / Octave);
	return ((((uint64_t)Octave + at % Octave + 1) << (octave - 6)) - 1) * FineNs;
}

uint64_t weir_stats_latency(const struct weir_stats *s, double part)
{
	uint64_t want = (uint64_t)((double)s->latencies * part), sum = 0;

	if (!s->latencies)
		return 0;
	if (want < 1)
		want = 1;
	for (size_t i = 0; i < WEIR_LATENCY_BUCKETS; i++) {
		uint64_t ns = bucket_ns(i);

		sum += s->latency[i];
		if (sum >= want)
			return ns < s->latency_min ? s->latency_min : ns < s->latency_max ? ns : s->latency_max;
	}
	return s->latency_max;
}

static struct weir_meter_row *find_row(struct weir_stats *s, const struct weir_key *k)
{
	const uint8_t *b = (const uint8_t *)k;
	uint64_t hash = 0xcbf29ce484222325u;
	uint16_t *slot;

	for (size_t i = 0; i < sizeof(*k); i++)
		hash = (hash ^ b[i]) * 0x100000001b3u;
	for (;; hash++) {
		slot = &s->slot[(hash ^ hash >> 32) % WEIR_STATS_KEY_SLOTS];
		if (!*slot)
			break;
		if (!memcmp(&s->row[*slot - 1].key, k, sizeof(*k)))
			return &s->row[*slot - 1];
	}
	if (s->rows == WEIR_STATS_KEYS) {
		s->other_keys++;
		return &s->others;
	}
	s->row[s->rows].key = *k;
	*slot = (uint16_t)++s->rows;
	return &s->row[s->rows - 1];
}

static struct weir_meter_row *row_at(struct weir_stats *s, const struct weir_record *r, unsigned place)
{
	struct weir_key k;

	weir_key_of(r, place, s->policy, s->rules, &k);
	return find_row(s, &k);
}

static void count_meters(struct weir_stats *s, const struct weir_packet *p)
{
	const struct weir_record *r = &p->rec;
	unsigned events = (unsigned)r->trips | r->ends;
	struct weir_meter_row *row;
	int place = weir_key_place(r->reason), dry = weir_key_place(r->dry_reason);

	for (unsigned i = 0; events >> i; i++) {
		if (!(events >> i & 1))
			continue;
		row = row_at(s, r, i);
		if (r->trips >> i & 1) {
			row->trips++;
			if (!row->first_trip_ns)
				row->first_trip_ns = p->arrival_ns;
		}
		if (r->ends >> i & 1) {
			row->ends++;
			row->last_end_ns = p->arrival_ns;
		}
	}
	/* Connections are too many to be told apart. */
	place = place == WEIR_PLACE_CONNECTION ? -1 : place;
	dry = dry == WEIR_PLACE_CONNECTION ? -1 : dry;
	if (place >= 0) {
		row = row_at(s, r, (unsigned)place);
		row->dropped += r->verdict == WEIR_VERDICT_drop;
		row->demoted += r->verdict == WEIR_VERDICT_demote;
		row->answered += r->verdict == WEIR_VERDICT_answer;
		if (!row->first_drop_ns && r->verdict != WEIR_VERDICT_demote)
			row->first_drop_ns = p->arrival_ns;
	}
	if (dry >= 0)
		row_at(s, r, (unsigned)dry)->dry_run++;
	/* The winner's values, or without one the dry candidate's. */
	if (place < 0 && r->reason == WEIR_REASON_pass)
		place = dry;
	if (place >= 0 && r->threshold) {
		row = row_at(s, r, (unsigned)place);
		row->threshold = r->threshold;
		row->unit = r->unit;
		if (r->measured > row->max_measured)
			row->max_measured = r->measured;
	}
}

void weir_stats_packet(struct weir_stats *s, const struct weir_packet *p)
{
	const struct weir_record *r = &p->rec;

	s->frames++;
	s->bytes += p->wire_len;
	s->side_frames[p->side]++;
	if (p->time_ns < s->first_ns)
		s->first_ns = p->time_ns;
	if (p->arrival_ns > s->last_ns)
		s->last_ns = p->arrival_ns;
	if (p->fate == WEIR_FATE_LOST)
		return;
	s->reason[r->reason][r->verdict]++;
	if (p->fate == WEIR_FATE_REFUSED)
		return;
	s->padded += p->wire_len < p->len;
	s->cut += p->known < p->len;
	if (r->dry_reason)
		s->dry[r->dry_reason]++;
	for (unsigned c = 0; c < WEIR_CLASSES; c++)
		s->classes[c] += weir_record_has_class(r, c);
	if (r->anomalies[0] | r->anomalies[1])
		for (unsigned code = 0; code < WEIR_ANOMALIES; code++)
			s->anomalies[code] += weir_record_has_anomaly(r, code);
	s->events[r->event]++;
	s->legit += r->legit;
	s->proven += r->proven;
	for (int i = 0; i < 3; i++)
		s->flood[i] += r->flood >> i & 1;
	count_meters(s, p);
	if (p->fate == WEIR_FATE_PASSED)
		s->passed_bytes += p->len;
	if (p->latency_ns == WEIR_LATENCY_NONE)
		return;
	s->latencies++;
	s->latency[latency_bucket(p->latency_ns)]++;
	if (p->latency_ns < s->latency_min)
		s->latency_min = p->latency_ns;
	if (p->latency_ns > s->latency_max)
		s->latency_max = p->latency_ns;
}

static uint64_t first_event(const struct weir_meter_row *r)
{
	uint64_t t = r->first_trip_ns ? r->first_trip_ns : UINT64_MAX;

	return r->first_drop_ns && r->first_drop_ns < t ? r->first_drop_ns : t;
}

static int by_effect(const void *x, const void *y)
{
	const struct weir_meter_row *a = x, *b = y;
	uint64_t na = a->dropped + a->demoted + a->answered + a->dry_run;
	uint64_t nb = b->dropped + b->demoted + b->answered + b->dry_run;

	if (na != nb)
		return na < nb ? 1 : -1;
	if (first_event(a) != first_event(b))
		return first_event(a) < first_event(b) ? -1 : 1;
	return memcmp(&a->key, &b->key, sizeof(a->key));
}

const struct weir_meter_row *weir_stats_meters(struct weir_stats *s, size_t *ret_n)
{
	qsort(s->row, s->rows, sizeof(s->row[0]), by_effect);
	*ret_n = s->rows;
	return s->row;
}
