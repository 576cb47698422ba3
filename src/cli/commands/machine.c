/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * What check looks at beside profiles: this machine. */
#include "machine.h"
#include "format.h"
#include "i18n.h"

#include <sys/stat.h>
#include <sys/timex.h>

#define DAY_S 86400

void
svpn_machine_read (SvpnMachine *machine, const char *service_version)
{
  struct timex query = { .modes = 0 };
  struct stat device, program = { .st_mtime = 0 };

  machine->own_version = SVPN_VERSION;
  machine->service_version = service_version;
  machine->has_tun = stat ("/dev/net/tun", &device) == 0 && S_ISCHR (device.st_mode);
  machine->has_synchronised_clock = adjtimex (&query) != TIME_ERROR;
  machine->now_s = g_get_real_time () / G_USEC_PER_SEC;
  if (stat ("/proc/self/exe", &program) != 0)
    program.st_mtime = 0;
  machine->installed_s = program.st_mtime;
}

static void add_machine_finding (GPtrArray *findings, const char *code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
add_machine_finding (GPtrArray *findings, const char *code, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (findings, g_strdup_printf ("%s: %s", code, text));
}

static void
check_clock (GPtrArray *findings, const SvpnMachine *machine)
{
  g_autofree char *now = svpn_format_time ((guint64) MAX (machine->now_s, 0));

  if (machine->now_s < machine->installed_s - DAY_S)
    add_machine_finding (findings, "clock-wrong",
                         _ ("the clock says %s, which is before SmartVPN was installed; set it, and run "
                            "\"timedatectl set-ntp true\""),
                         now);
  else if (!machine->has_synchronised_clock)
    add_machine_finding (findings, "clock-not-synchronised",
                         _ ("nothing keeps the clock right, which a server needs to within a minute; run "
                            "\"timedatectl set-ntp true\""));
}

GPtrArray *
svpn_machine_findings (const SvpnMachine *machine)
{
  GPtrArray *findings = g_ptr_array_new_with_free_func (g_free);

  if (g_strcmp0 (machine->own_version, machine->service_version) != 0)
    add_machine_finding (
        findings, "version-differs",
        _ ("smartvpnd is version %s, smartvpnctl %s; run \"systemctl restart smartvpnd\", which "
           "keeps tunnels up"),
        machine->service_version != NULL ? machine->service_version : "-", machine->own_version);
  if (!machine->has_tun)
    add_machine_finding (
        findings, "no-tun",
        _ ("/dev/net/tun does not exist, without which there are no tunnels; run \"modprobe tun\", "
           "or give the device to this container"));
  check_clock (findings, machine);
  return findings;
}
