# SPDX-License-Identifier: MIT
# Copyright (c) 2026 The SmartVPN authors
"""What is connected and started when the machine has booted."""

from __future__ import annotations

from system.harness import wait_until
from system.vpn import Object, kill_worker

from .scene import SERVER_KEY, Scene, Steering

PROFILE = {"server_url": "ws://198.51.100.2/", "server_public_key": SERVER_KEY}


class TestBoot(Scene):
    """autoconnect and autostart."""

    def boot(self) -> None:
        """The machine goes down and comes up."""
        self.daemon.shut_down()
        self.daemon.start()

    def attempts(self, thing: Object) -> int:
        """Workers that have been started and have ended."""
        return len([name for name, _ in thing.signals if name == "Exited"])

    def test_first_start(self) -> None:
        """Profiles that want it, and no others; the states are signalled as always."""
        daemon = self.daemon
        office = daemon.add_client("office", **PROFILE, autoconnect=True)
        other = daemon.add_client("other", **PROFILE)
        branch = daemon.add_server("branch", listen=["127.0.0.1:0"], ipv4_pool="10.9.0.0/24", autostart=True)
        self.assertEqual((office.settings()["autoconnect"], branch.settings()["autostart"]), (True, True))
        self.boot()
        office.wait_state("connected")
        branch.wait_state("running")
        self.assertEqual((other.get("State"), daemon.client().get("State"), daemon.server().get("State")),
                         ("disconnected", "disconnected", "stopped"))
        self.assertEqual((office.get("ServerUrl"), branch.get("ListenAddress")[0][:10]), (PROFILE["server_url"], "127.0.0.1:"))
        self.assertIn(("connecting", "disconnected", "boot", {}), [arguments for name, arguments in office.signals
                                                           if name == "StateChanged"])

    def test_default_objects(self) -> None:
        """Those, too."""
        self.daemon.client().update(**PROFILE, autoconnect=True)
        self.daemon.server().update(listen=["127.0.0.1:0"], ipv4_pool="10.9.0.0/24", autostart=True)
        self.boot()
        self.daemon.client().wait_state("connected")
        self.daemon.server().wait_state("running")

    def test_once_a_boot(self) -> None:
        """What somebody has disconnected stays so, whatever becomes of smartvpnd; what is up stays up; a profile that is
        added later waits for the next boot."""
        office = self.daemon.add_client("office", **PROFILE, autoconnect=True)
        self.boot()
        office.wait_state("connected")
        pid = self.daemon.worker_pid("client-office")
        self.restart()
        self.assertEqual((office.get("State"), self.daemon.worker_pid("client-office")), ("connected", pid))
        office.disconnect()
        later = self.daemon.add_server("later", listen=["127.0.0.1:0"], ipv4_pool="10.9.0.0/24", autostart=True)
        self.restart()
        self.assertEqual((office.get("State"), later.get("State")), ("disconnected", "stopped"))
        self.boot()
        office.wait_state("connected")
        later.wait_state("running")

    def test_not_yet(self) -> None:
        """While it fails it is tried again, with LastError telling why, and with what the profile then says."""
        self.refuse("StartClient", "Failed", "no route to host")
        office = self.daemon.add_client("office", **PROFILE, autoconnect=True)
        before = self.namespace.snapshot()
        self.boot()
        wait_until(lambda: office.get("LastError") == "no route to host", "the first failure")
        self.assertEqual((office.get("State"), office.status()["last-error"]), ("connecting", "no route to host"))
        with self.refused("Busy"):
            office.connect()
        office.update(mtu=1500)
        wait_until(lambda: self.attempts(office) >= 2, "another attempt")
        wait_until(lambda: not self.daemon.worker_pids(), "its end")
        self.assertEqual((self.namespace.snapshot(), office.get("State")), (before, "connecting"))
        self.refuse("StartClient")
        office.wait_state("connected", 20)
        self.assertEqual(office.get("LastError"), "")
        self.assertEqual(Steering(self.daemon, "client-office").got("StartClient")[0]["mtu"], 1500)
        self.assertNotIn("failed", [change.get("State") for change in office.changes])
        self.assertIn("client-office: attempt 1 has failed, the next one is in", self.daemon.logged())

    def test_disconnect_while_it_tries(self) -> None:
        """Disconnect() ends it, in an attempt and between two, for this boot."""
        self.refuse("StartClient", "Failed", "no route to host")
        office = self.daemon.add_client("office", **PROFILE, autoconnect=True)
        self.boot()
        wait_until(lambda: self.attempts(office) >= 1, "an attempt")
        office.disconnect()
        self.assertEqual(office.get("State"), "disconnected")
        self.restart()
        self.assertEqual(office.get("State"), "disconnected")
        self.hold("StartClient")
        self.boot()
        wait_until(lambda: self.daemon.worker_pids("client-office"), "the worker")
        office.disconnect()
        self.assertEqual((office.get("State"), self.daemon.worker_pids()), ("disconnected", []))

    def test_restart_while_it_tries(self) -> None:
        """A smartvpnd that is restarted meanwhile goes on, with that and nothing else."""
        self.hold("StartClient")
        office = self.daemon.add_client("office", **PROFILE, autoconnect=True)
        other = self.daemon.add_client("other", **PROFILE, autoconnect=True)
        self.boot()
        wait_until(lambda: len(self.daemon.worker_pids()) == 2, "the workers")
        other.disconnect()
        self.hold()
        self.restart()
        office.wait_state("connected")
        self.assertEqual(other.get("State"), "disconnected")

    def test_final(self) -> None:
        """What trying again does not help is an end, with the reason."""
        self.refuse("StartClient", "AuthFailed", "who are you?")
        office = self.daemon.add_client("office", **PROFILE, autoconnect=True)
        half = self.daemon.add_client("half", autoconnect=True)
        self.boot()
        office.wait_state("failed")
        half.wait_state("failed")
        self.assertEqual((office.get("LastError"), half.get("LastError")),
                         ("who are you?", "server-url: is not set; import an invitation or set it"))
        self.assertIn("client-office is not started at boot: who are you?", self.daemon.logged())
        self.restart()
        self.assertEqual((office.get("State"), self.attempts(office)), ("disconnected", 1))

    def test_as_often_as_reconnecting(self) -> None:
        """max-reconnect-attempts and auto-reconnect count."""
        self.refuse("StartClient", "Failed", "no route to host")
        twice = self.daemon.add_client("twice", **PROFILE, autoconnect=True, max_reconnect_attempts=2)
        once = self.daemon.add_client("once", **PROFILE, autoconnect=True, auto_reconnect=False)
        self.boot()
        twice.wait_state("failed")
        once.wait_state("failed")
        self.assertEqual((self.attempts(twice), self.attempts(once)), (2, 1))
        self.assertEqual(twice.get("LastError"), "no route to host")

    def test_server_not_yet(self) -> None:
        """A server whose address is not there yet starts when it is; Stop() ends the trying."""
        branch = self.daemon.add_server("branch", listen=["198.51.100.9:4443"], ipv4_pool="10.9.0.0/24", autostart=True)
        self.boot()
        wait_until(lambda: "198.51.100.9:4443" in branch.get("LastError"), "the first failure")
        self.assertEqual(branch.get("State"), "starting")
        self.namespace.ip("address", "add", "198.51.100.9/24", "dev", "eth0")
        branch.wait_state("running", 20)
        self.assertEqual((branch.get("ListenAddress"), branch.get("LastError")), (["198.51.100.9:4443"], ""))
        branch.stop()
        self.namespace.ip("address", "delete", "198.51.100.9/24", "dev", "eth0")
        self.boot()
        wait_until(lambda: "198.51.100.9:4443" in branch.get("LastError"), "the first failure")
        branch.stop()
        self.assertEqual((branch.get("State"), branch.get("LastError")), ("stopped", ""))

    def test_broken_profile(self) -> None:
        """One that cannot be read is reported and keeps nobody else from starting."""
        office = self.daemon.add_client("office", **PROFILE, autoconnect=True)
        other = self.daemon.add_client("other", **PROFILE, autoconnect=True)
        (self.daemon.directory / "config/clients/office.json").write_text('{"autoconnect": oops}')
        self.boot()
        other.wait_state("connected")
        self.assertIn("office.json: line 1:", office.get("LastError"))
        self.assertEqual(office.get("State"), "disconnected")

    def test_no_option(self) -> None:
        """It is no option of a call, and is off where it is not set."""
        with self.refused("InvalidSetting", "autoconnect: a setting of a profile"):
            self.connected(autoconnect=True)
        with self.refused("InvalidSetting", "autostart: a setting of a profile"):
            self.running(autostart=False)
        office = self.daemon.add_client("office", **PROFILE, autoconnect=False)
        self.boot()
        self.assertEqual(office.get("State"), "disconnected")


class TestDeath(Scene):
    """A worker that dies while its tunnel is to be up whenever the machine is."""

    def kill(self, thing: Object, identity: str) -> None:
        """kill -9 of its worker; waits until that is noticed."""
        thing.clear()
        kill_worker(self.daemon.worker_pid(identity))
        self.assertEqual(thing.wait_signal("Exited"), (137,))

    def test_client(self) -> None:
        """It is started again, with the options of the call, and tells why it was down meanwhile."""
        office = self.daemon.add_client("office", **PROFILE, autoconnect=True)
        office.connect(mtu=1500)
        self.kill(office, "client-office")
        office.wait_state("connected")
        (down, up) = [arguments for name, arguments in office.signals if name == "StateChanged"]
        self.assertEqual((down[:2], up), (("connecting", "connected"), ("connected", "connecting", "established", {})))
        self.assertEqual(down[2], "worker-died")
        self.assertIn("The worker was killed by signal 9", down[3]["message"])
        self.assertEqual((office.get("LastError"), Steering(self.daemon, "client-office").got("StartClient")[0]["mtu"]),
                         ("", 1500))
        self.assertIn("client-office is started again in", self.daemon.logged())

    def test_server(self) -> None:
        """So is a server; programs that follow it see it stop and start."""
        branch = self.daemon.add_server("branch", listen=["127.0.0.1:0"], ipv4_pool="10.9.0.0/24", autostart=True)
        branch.start()
        self.kill(branch, "server-branch")
        branch.wait_state("running")
        self.assertEqual([name for name, _ in branch.signals if name != "NetworkRestored"], ["Exited", "StateChanged", "Stopped", "StateChanged", "Started"])

    def test_not_wanted(self) -> None:
        """Not without autoconnect, nor where it is not to reconnect, nor after an end in order."""
        for name, settings, status in (("plain", {}, 1), ("once", {"autoconnect": True, "auto_reconnect": False}, 1),
                                       ("over", {"autoconnect": True}, 0)):
            client = self.daemon.add_client(name, **PROFILE, **settings)
            client.connect()
            Steering(self.daemon, f"client-{name}").end(status)
            client.wait_state("failed" if status else "disconnected")
            self.assertEqual(self.daemon.worker_pids(), [])

    def test_disconnect_meanwhile(self) -> None:
        """Disconnect() ends the attempts, also for a later smartvpnd."""
        office = self.daemon.add_client("office", **PROFILE, autoconnect=True)
        office.connect()
        self.refuse("StartClient", "Failed", "no route to host")
        self.kill(office, "client-office")
        wait_until(lambda: office.get("LastError") == "no route to host", "an attempt")
        self.assertEqual(office.get("State"), "connecting")
        office.disconnect()
        self.assertEqual(office.get("State"), "disconnected")
        self.restart()
        self.assertEqual(office.get("State"), "disconnected")

    def test_restart_meanwhile(self) -> None:
        """A smartvpnd that is restarted between two attempts goes on."""
        office = self.daemon.add_client("office", **PROFILE, autoconnect=True)
        office.connect()
        self.refuse("StartClient", "Failed", "no route to host")
        self.kill(office, "client-office")
        wait_until(lambda: office.get("LastError") == "no route to host", "an attempt")
        self.daemon.kill()
        self.refuse("StartClient")
        self.daemon.start()
        office.wait_state("connected", 20)

    def test_died_unseen(self) -> None:
        """Nor does it matter whether smartvpnd was there to see it."""
        office = self.daemon.add_client("office", **PROFILE, autoconnect=True)
        other = self.daemon.add_client("other", **PROFILE)
        office.connect()
        other.connect()
        self.daemon.kill()
        for pid in self.daemon.worker_pids():
            kill_worker(pid)
        wait_until(lambda: not self.daemon.worker_pids(), "the end of the workers")
        self.daemon.start()
        office.wait_state("connected")
        self.assertEqual((other.get("State"), other.get("LastError")),
                         ("failed", "The worker died while smartvpnd was not running"))
