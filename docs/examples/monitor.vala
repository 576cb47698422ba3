/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The SmartVPN authors
 *
 * Prints the health and the throughput of a client every second, until it is interrupted.
 *
 *   valac --pkg smartvpn-1 --pkg posix monitor.vala
 *   ./monitor [CLIENT]
 */
class Monitor {
	private Smartvpn.Subscription subscription; // it ends with this object
	private int64 time_us = 0; // of the last telemetry; 0: none yet
	private uint64 sent;
	private uint64 received;

	public Monitor (Smartvpn.Manager manager, Smartvpn.Client client) throws Error {
		subscription = client.subscribe_telemetry_sync (1000, null, null);
		subscription.updated.connect (on_updated);
		client.state_changed.connect (on_state_changed);
		manager.notify["running"].connect (() => show_running (manager));
		print ("%s\n", client.get_state ().to_string ());
		show_running (manager);
	}

	/* Called every second while the client is connected. */
	private void on_updated (Smartvpn.Telemetry telemetry) {
		unowned var quality = telemetry.get_quality ();
		unowned var statistics = telemetry.get_statistics ();
		var now_us = get_monotonic_time ();
		var elapsed_s = (now_us - time_us) / 1e6;

		// The counters begin at 0 with each connection.
		if (time_us != 0 && statistics.get_bytes_sent () >= sent)
			print ("%s: rtt %.1f ms, jitter %.1f ms, loss %.0f %%, up %.1f kB/s, down %.1f kB/s\n",
			       quality.get_health ().to_string (), quality.get_rtt_ms (), quality.get_jitter_ms (),
			       quality.get_loss_ratio () * 100, (statistics.get_bytes_sent () - sent) / elapsed_s / 1000,
			       (statistics.get_bytes_received () - received) / elapsed_s / 1000);
		time_us = now_us;
		sent = statistics.get_bytes_sent ();
		received = statistics.get_bytes_received ();
	}

	/* Called when the client connects, disconnects, or loses the line. */
	private void on_state_changed (Smartvpn.ClientState state, Smartvpn.ClientState before, string reason,
	                               Variant details) {
		print ("%s%s%s\n", state.to_string (), reason != "" ? ": " : "",
		       Smartvpn.reason_to_string (reason) ?? reason);
	}

	/* Called when smartvpnd goes away or comes back. Everything follows by itself, the subscription, too. */
	private void show_running (Smartvpn.Manager manager) {
		print ("smartvpnd is %s\n", manager.running ? "there" : "away");
	}

	public static int main (string[] args) {
		var loop = new MainLoop ();
		foreach (var number in new int[] { Posix.Signal.INT, Posix.Signal.TERM })
			Unix.signal_add (number, () => {
				loop.quit ();
				return Source.CONTINUE;
			});
		try {
			var manager = new Smartvpn.Manager.sync ();
			var client = manager.get_client (args.length > 1 ? args[1] : "default");
			if (client == null) {
				printerr ("no such client, or smartvpnd does not run\n");
				return 1;
			}
			var monitor = new Monitor (manager, client);
			loop.run ();
			return monitor != null ? 0 : 1;
		} catch (Error error) {
			printerr ("%s\n", error.message);
			return 1;
		}
	}
}
