// SPDX-License-Identifier: Apache-2.0
/* top: the live screen (ncurses), or single looks where there is no terminal. */
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "view.h"

enum { TextWidth = 100, TextHeight = 60, MessageMax = 300, IntervalLeast = 100, IntervalMost = 60000 };

/* Two looks by turns, and what they show. */
struct top {
	struct ctl *c;
	struct sample look[2];
	int turn;
	struct view view;
	char message[MessageMax];
};

/* Another look. A lost appliance ends it; one that is slow to answer is told, and asked again. */
static int look(struct top *t)
{
	struct sample *next = &t->look[!t->turn];
	int rc = sample_read(t->c->dev, false, next);

	t->message[0] = 0;
	if (rc == -ETIMEDOUT || rc == WEIR_EPROTOCOL) {
		snprintf(t->message, sizeof(t->message), "%s", weir_strerror(rc));
		return t->view.now ? 0 : rc;
	}
	if (rc)
		return rc;
	t->turn = !t->turn;
	t->view.before = t->view.now ? &t->look[!t->turn] : NULL;
	t->view.now = next;
	view_remember(&t->view);
	return 0;
}

/* --- standard output --- */

static void put_text(void *ctx, enum ctl_colour colour, const char *text)
{
	(void)ctx;
	(void)colour;
	fputs(text, stdout);
}

static void put_newline(void *ctx)
{
	(void)ctx;
	putchar('\n');
}

/* --count looks, one unless it says otherwise; each needs a reading before it. */
static int text_looks(struct top *t)
{
	const struct canvas out = { .width = TextWidth, .height = TextHeight, .text = put_text, .end_line = put_newline };
	long looks = t->c->text[CTL_OPT_COUNT] ? t->c->number[CTL_OPT_COUNT] : 1;
	int rc = look(t);

	for (long i = 0; !rc && i < looks && !ctl_stop; i++) {
		if (ctl_wait(-1, (int)t->view.interval_ms) < 0)
			break;
		rc = look(t);
		if (rc || !t->view.before)
			continue;
		if (t->c->json) {
			if (ctl_json_line(t->c, view_json(&t->view)))
				return CTL_FAILED;
		} else {
			if (i)
				putchar('\n');
			view_draw(&t->view, &out);
			if (fflush(stdout))
				return CTL_FAILED;
		}
	}
	return rc && !(rc == -EINTR && ctl_stop) ? ctl_fail(t->c, rc, "top") : CTL_DONE;
}

/* --- screen --- */

/* Where the next text goes; ncurses itself would go on in the next line at the edge. */
struct place {
	int y, x;
};

static void screen_text(void *ctx, enum ctl_colour colour, const char *text)
{
	static const attr_t plain[] = { A_NORMAL, A_BOLD, A_BOLD, A_NORMAL, A_BOLD, A_DIM };
	attr_t attr = plain[colour];
	struct place *at = ctx;
	int octets = 0;

	/* A character is as many octets as UTF-8 says, and one column wide: there are no others here. */
	for (; text[octets] && at->x < COLS; at->x++)
		do
			octets++;
		while (((unsigned char)text[octets] & 0xc0) == 0x80);
	if (has_colors() && colour >= CTL_RED && colour <= CTL_YELLOW)
		attr = (attr_t)COLOR_PAIR(colour);
	attrset(attr);
	addnstr(text, octets);
	attrset(A_NORMAL);
}

static void screen_newline(void *ctx)
{
	struct place *at = ctx;

	at->x = 0;
	move(++at->y, 0);
}

static void draw(const struct top *t, bool utf8)
{
	struct place at = { 0, 0 };
	const struct canvas screen = { .width = COLS, .height = LINES - 1, .utf8 = utf8, .text = screen_text, .end_line = screen_newline, .ctx = &at };

	erase();
	move(0, 0);
	view_draw(&t->view, &screen);
	attrset(A_DIM);
	mvaddnstr(LINES - 1, 0, "q end   space halt   + - interval", COLS - 1);
	attrset(A_NORMAL);
	refresh();
}

/* @return true: end. */
static bool key(struct top *t, int k)
{
	long *ms = &t->view.interval_ms;

	switch (k) {
	case 'q':
	case 'Q':
		return true;
	case ' ':
		t->view.halted = !t->view.halted;
		break;
	case KEY_RESIZE:
		/* Terminals differ in what they make of the old screen. */
		clearok(stdscr, TRUE);
		break;
	case '+':
		*ms = *ms * 2 > IntervalMost ? IntervalMost : *ms * 2;
		break;
	case '-':
		*ms = *ms / 2 < IntervalLeast ? IntervalLeast : *ms / 2;
		break;
	default:
		break;
	}
	return false;
}

/* Keys until the next look is due. @return true: end. */
static bool keys_until(struct top *t, double due_s, bool utf8)
{
	for (;;) {
		double left_ms = (due_s - ctl_clock_s()) * 1000;
		int k;

		if (ctl_stop)
			return true;
		if (left_ms <= 0)
			return false;
		timeout((int)left_ms + 1);
		k = getch();
		if (k == ERR)
			continue;
		if (key(t, k))
			return true;
		draw(t, utf8);
	}
}

static int screen_looks(struct top *t, bool utf8)
{
	long looks = t->c->text[CTL_OPT_COUNT] ? t->c->number[CTL_OPT_COUNT] : 0;
	int rc = 0;

	for (long i = 0; !ctl_stop && (!looks || i < looks); i++) {
		double start_s = ctl_clock_s();

		if (!t->view.halted)
			rc = look(t);
		if (rc)
			break;
		draw(t, utf8);
		if (keys_until(t, start_s + (double)t->view.interval_ms / 1000, utf8))
			break;
	}
	return rc;
}

static int live(struct top *t, SCREEN *screen)
{
	bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	int rc;

	set_term(screen);
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	if (has_colors()) {
		start_color();
		use_default_colors();
		init_pair(CTL_RED, COLOR_RED, -1);
		init_pair(CTL_GREEN, COLOR_GREEN, -1);
		init_pair(CTL_YELLOW, COLOR_YELLOW, -1);
	}
	rc = screen_looks(t, utf8);
	endwin();
	delscreen(screen);
	return rc && !(rc == -EINTR && ctl_stop) ? ctl_fail(t->c, rc, "top") : CTL_DONE;
}

/* newterm() would find out by itself, and lose some memory. */
static bool terminal_known(void)
{
	int error;

	if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
		return false;
	del_curterm(cur_term);
	return true;
}

int ctl_run_top(struct ctl *c)
{
	static struct top t;
	SCREEN *screen;

	t.c = c;
	t.view.url = weir_dev_url(c->dev);
	t.view.interval_ms = c->number[CTL_OPT_INTERVAL];
	t.view.message = t.message;
	ctl_catch();
	if (c->json || !isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO) || !terminal_known()) {
		c->lost = c->json;
		return text_looks(&t);
	}
	/* Only of letters: numbers keep their point. */
	setlocale(LC_CTYPE, "");
	screen = newterm(NULL, stdout, stdin);
	return screen ? live(&t, screen) : text_looks(&t);
}
