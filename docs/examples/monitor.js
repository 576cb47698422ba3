#!/usr/bin/gjs -m
// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The SmartVPN authors
//
// Prints the health and the throughput of a client every second, until it is interrupted.
//
//   gjs -m monitor.js [CLIENT]

import GLib from 'gi://GLib';
import Smartvpn from 'gi://Smartvpn?version=1';
import System from 'system';

class Monitor {
    constructor(manager, client) {
        this.last = null; // when, and the counters
        this.subscription = client.subscribe_telemetry_sync(1000, null, null); // it ends with this object
        this.subscription.connect('updated', (_subscription, telemetry) => this.onUpdated(telemetry));
        client.connect('state-changed', (_client, state, _before, reason) => this.onStateChanged(state, reason));
        manager.connect('notify::running', () => this.onRunning(manager));
        print(Smartvpn.client_state_to_string(client.state));
        this.onRunning(manager);
    }

    // Called every second while the client is connected.
    onUpdated(telemetry) {
        const quality = telemetry.get_quality();
        const statistics = telemetry.get_statistics();
        const now = {
            time: GLib.get_monotonic_time() / 1e6,
            sent: statistics.get_bytes_sent(),
            received: statistics.get_bytes_received(),
        };

        if (this.last && now.sent >= this.last.sent) { // the counters begin at 0 with each connection
            const rate = key => ((now[key] - this.last[key]) / (now.time - this.last.time) / 1000).toFixed(1);
            print(`${Smartvpn.health_to_string(quality.get_health())}: rtt ${quality.get_rtt_ms().toFixed(1)} ms,` +
                ` jitter ${quality.get_jitter_ms().toFixed(1)} ms, loss ${(quality.get_loss_ratio() * 100).toFixed(0)} %,` +
                ` up ${rate('sent')} kB/s, down ${rate('received')} kB/s`);
        }
        this.last = now;
    }

    // Called when the client connects, disconnects, or loses the line.
    onStateChanged(state, reason) {
        print(Smartvpn.client_state_to_string(state) + (reason ? `: ${Smartvpn.reason_to_string(reason) ?? reason}` : ''));
    }

    // Called when smartvpnd goes away or comes back. Everything follows by itself, the subscription, too.
    onRunning(manager) {
        print(`smartvpnd is ${manager.running ? 'there' : 'away'}`);
    }
}

function main(name) {
    const loop = GLib.MainLoop.new(null, false);
    for (const number of [2, 15]) { // SIGINT, SIGTERM
        GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, number, () => {
            loop.quit();
            return GLib.SOURCE_CONTINUE;
        });
    }

    const manager = Smartvpn.Manager.new_sync(null);
    const client = manager.get_client(name);
    if (!client) {
        printerr('no such client, or smartvpnd does not run');
        return 1;
    }
    const monitor = new Monitor(manager, client);
    loop.run();
    monitor.subscription.close_sync(null);
    return 0;
}

try {
    System.exit(main(ARGV[0] ?? 'default'));
} catch (error) {
    printerr(error.message);
    System.exit(1);
}
