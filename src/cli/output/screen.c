/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * The terminal as a screen that is redrawn. */
#include "screen.h"
#include "text.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* Alternate screen, no cursor, no wrapping: control sequences of xterm, which all terminals know today. */
#define ENTER "\033[?1049h\033[?25l\033[?7l"
#define LEAVE "\033[?7h\033[?25h\033[?1049l"

static struct termios before;
static gboolean is_raw;

void
svpn_screen_open (void)
{
  struct termios raw;

  is_raw = tcgetattr (STDIN_FILENO, &before) == 0;
  if (is_raw) {
    raw = before;
    raw.c_lflag &= ~(tcflag_t) (ICANON | ECHO | ISIG);
    tcsetattr (STDIN_FILENO, TCSADRAIN, &raw);
  }
  fputs (ENTER, stdout);
  fflush (stdout);
}

void
svpn_screen_close (void)
{
  fputs (LEAVE, stdout);
  fflush (stdout);
  if (is_raw)
    tcsetattr (STDIN_FILENO, TCSADRAIN, &before);
}

void
svpn_screen_suspend (void)
{
  svpn_screen_close ();
  kill (0, SIGTSTP);
  svpn_screen_open ();
}

void
svpn_screen_get_size (guint *columns, guint *rows)
{
  struct winsize size;
  gboolean known = ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;

  *columns = known ? size.ws_col : 80;
  *rows = known ? size.ws_row : 24;
}

void
svpn_screen_draw (const char *text)
{
  g_autofree char *converted = svpn_text_for_locale (text);
  const char *line = converted;
  guint columns, rows;

  svpn_screen_get_size (&columns, &rows);
  fputs ("\033[H", stdout);
  for (guint row = 0; row < rows && *line != '\0'; row++) {
    const char *end = strchrnul (line, '\n');

    printf ("%s%.*s\033[K", row > 0 ? "\n" : "", (int) (end - line), line);
    line = *end != '\0' ? end + 1 : end;
  }
  fputs ("\033[J", stdout);
  fflush (stdout);
}
