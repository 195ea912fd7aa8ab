import asyncio
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import numpy as np
import pytest
from tests import waiting
from tests.wire_service import WireService, problem, process_serving, serving, unused_port, vector_of

from pinakes.clients import AsyncClient, Client
from pinakes.clients.member import State
from pinakes.clients.patience import Patience
from pinakes.core.errors import ProtocolViolation, ServiceUnavailable
from pinakes.core.settings import ClientSettings
from pinakes.core.types import Refusal, Vector

#: Enough to see a member come back, without ever waiting for long.
PATIENCE = Patience(away=4, busy=6, first=0.1, longest=0.5)

IMAGES = [b"%d" % number for number in range(400)]


def fleet_of(urls: Sequence[str], patience: Patience = PATIENCE, **settings: object) -> Client:
    chosen = ClientSettings(seconds=5.0).model_copy(update=settings)
    return Client(",".join(urls), chosen, patience=patience)


@contextmanager
def services(*members: WireService) -> Iterator[list[str]]:
    with ExitStack() as stack:
        yield [stack.enter_context(serving(member)).url for member in members]


def right(outcomes: list[Vector | Refusal], images: list[bytes]) -> bool:
    return all(np.array_equal(found, vector_of(image)) for found, image in zip(outcomes, images, strict=True))


def states(client: Client) -> list[State]:
    return [member.state for member in client.health()]


def until(client: Client, wanted: list[State]) -> None:
    waiting.until(lambda: states(client) == wanted, client.health)


def test_work_goes_to_whoever_is_soonest_free() -> None:
    quick, slow = WireService(), WireService(seconds=0.02)
    with services(quick, slow) as urls, fleet_of(urls) as client:
        images = [b"%d" % number for number in range(800)]
        assert right(client.embed(images), images)
    assert len(slow.seen) > 0
    assert len(quick.seen) > 2 * len(slow.seen)


def test_members_of_one_speed_share_the_work() -> None:
    first, second = WireService(seconds=0.002), WireService(seconds=0.002)
    with services(first, second) as urls, fleet_of(urls) as client:
        client.embed(IMAGES)
    assert 0.25 < len(first.seen) / len(IMAGES) < 0.75


def test_a_member_killed_in_the_middle_costs_nothing_but_time() -> None:
    surviving = WireService(seconds=0.002)
    with (
        process_serving(seconds=0.002) as dying,
        services(surviving) as urls,
        fleet_of([dying.url, *urls]) as client,
    ):
        client.look(PATIENCE)

        def kill_at_the_third(_inputs: list[bytes]) -> float:
            if len(surviving.asked) == 3:
                dying.process.kill()
            return 0.0

        surviving.slow = kill_at_the_third
        assert right(client.embed(IMAGES), IMAGES)
        assert dying.process.wait(waiting.PATIENCE) == -signal.SIGKILL
        assert states(client) == [State.AWAY, State.SERVING]


def test_a_member_that_hangs_is_left_within_seconds_and_nothing_waits_its_whole_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pinakes.clients.watching.SUSPECT_SECONDS", 0.7)
    with (
        process_serving() as hanging,
        services(WireService(seconds=0.001)) as urls,
        fleet_of([hanging.url, *urls], seconds=30.0) as client,
    ):
        client.embed(IMAGES)
        hanging.process.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        assert right(client.embed(IMAGES), IMAGES)
        assert time.monotonic() - started < 15, "half of what one exchange may take"
        until(client, [State.AWAY, State.SERVING])


@pytest.mark.parametrize(
    "other", [{"revision": "2"}, {"health": {"preprocess": "other"}}, {"health": {"dimensions": 16}}]
)
def test_a_member_with_another_model_is_left_out_with_a_sentence(other: dict[str, object]) -> None:
    stranger = WireService(**other)  # type: ignore[arg-type]
    with services(WireService(), stranger) as urls, fleet_of(urls) as client:
        assert right(client.embed(IMAGES), IMAGES)
        refused = client.health()[1]
    assert stranger.seen == []
    assert refused.state is State.REFUSED
    assert "left out" in refused.why
    assert "wire@1+none" in refused.why


def test_the_first_named_decides_which_model_it_is() -> None:
    first, second = WireService(revision="2"), WireService(revision="1")
    with services(first, second) as urls, fleet_of(urls) as client:
        assert client.identity.revision == "2"
        client.embed(IMAGES[:64])
    assert second.seen == []


def test_a_member_that_changes_its_model_is_left_out_and_the_run_goes_on() -> None:
    changing, steady = WireService(), WireService()
    with services(changing, steady) as urls, fleet_of(urls) as client:
        client.embed(IMAGES[:64])
        changing.revision = "2"
        assert right(client.embed(IMAGES), IMAGES)
        until(client, [State.REFUSED, State.SERVING])


def test_when_all_members_have_another_model_the_run_ends() -> None:
    first, second = WireService(), WireService()
    with services(first, second) as urls, fleet_of(urls) as client:
        client.embed(IMAGES[:32])
        first.revision = second.revision = "2"
        with pytest.raises(ProtocolViolation):
            client.embed(IMAGES)


def test_a_member_that_is_down_at_the_start_joins_when_it_comes() -> None:
    port = unused_port()
    with (
        services(WireService(seconds=0.001)) as urls,
        fleet_of([*urls, f"http://127.0.0.1:{port}"]) as client,
    ):
        assert right(client.embed(IMAGES), IMAGES)
        assert states(client) == [State.SERVING, State.AWAY]
        late = WireService(seconds=0.001)
        with serving(late, port):
            until(client, [State.SERVING, State.SERVING])
            assert right(client.embed(IMAGES), IMAGES)
        assert len(late.seen) > 0


def test_members_join_and_leave_while_work_is_done() -> None:
    leaving, joining = WireService(seconds=0.002), WireService(seconds=0.002)
    with services(leaving, joining) as urls, fleet_of(urls[:1]) as client:
        client.look(PATIENCE)
        found: list[bool] = []
        run = threading.Thread(target=lambda: found.append(right(client.embed(IMAGES), IMAGES)))
        run.start()
        client.follow(urls)
        until(client, [State.SERVING, State.SERVING])
        client.follow(urls[1:])  # what the one that leaves was asked, it answers
        answered = len(leaving.seen)
        run.join(waiting.PATIENCE)
        assert len(client.health()) == 1
    assert found == [True]
    assert len(leaving.seen) == answered
    assert len(leaving.seen) + len(joining.seen) == len(IMAGES)


def test_all_members_away_and_then_back_is_a_pause() -> None:
    patience = Patience(away=8, busy=4, first=0.1, longest=0.5)
    with (
        process_serving() as first,
        process_serving() as second,
        fleet_of([first.url, second.url], patience) as client,
        ExitStack() as stack,
    ):
        assert right(client.embed(IMAGES), IMAGES)
        for member in (first, second):
            member.process.kill()
            member.process.wait(waiting.PATIENCE)
        threading.Timer(0.4, lambda: stack.enter_context(process_serving(port=second.port))).start()
        assert right(client.embed(IMAGES), IMAGES)
        assert states(client) == [State.AWAY, State.SERVING]


def test_all_members_away_for_good_is_said_of_each() -> None:
    urls = [f"http://127.0.0.1:{unused_port()}" for _ in range(2)]
    with (
        fleet_of(urls, Patience(away=1, busy=1, first=0.05)) as client,
        pytest.raises(ServiceUnavailable, match="No member of the fleet") as caught,
    ):
        client.embed(IMAGES)
    assert all(url in str(caught.value) for url in urls)


def test_a_busy_member_is_left_alone_while_another_is_free() -> None:
    busy, free = WireService(), WireService()
    busy.instead.extend([problem(429, "overloaded", retry_after=30)] * 100)
    with services(busy, free) as urls, fleet_of(urls) as client:
        started = time.monotonic()
        assert right(client.embed(IMAGES), IMAGES)
        assert time.monotonic() - started < 5
    assert len(busy.asked) <= 8  # what was in flight when it first said so
    assert len(free.seen) == len(IMAGES)


def test_a_straggler_is_overtaken_and_the_first_answer_counts() -> None:
    members = [WireService(seconds=0.0005), WireService(seconds=0.0005)]
    with services(*members) as urls, fleet_of(urls) as client:
        client.embed(IMAGES)
        slept = [0]

        def slow(inputs: list[bytes]) -> float:
            slept[0] += inputs == [b"straggler"]
            return 8.0 if inputs == [b"straggler"] and slept[0] == 1 else 0.0

        for member in members:
            member.slow = slow
        started = time.monotonic()
        assert right(client.embed([b"straggler"]), [b"straggler"])
        assert time.monotonic() - started < 4
        assert slept == [2]


def test_the_one_that_was_overtaken_is_hung_up_on() -> None:
    members = [WireService(), WireService()]
    with services(*members) as urls, fleet_of(urls) as client:
        client.embed(IMAGES)
        for member in members:
            member.gate.clear()
            while member.entered.acquire(blocking=False):
                pass
        found: list[bool] = []
        run = threading.Thread(target=lambda: found.append(right(client.embed([b"late"]), [b"late"])))
        run.start()
        assert all(member.entered.acquire(timeout=waiting.PATIENCE) for member in members)  # both were asked
        members[1].gate.set()
        run.join(waiting.PATIENCE)
        assert found == [True]
        assert members[0].gone.wait(waiting.PATIENCE)


def test_few_requests_are_asked_twice_however_slow_a_member_is() -> None:
    steady, unsteady = WireService(seconds=0.001), WireService()
    turn = [0]

    def slow(_inputs: list[bytes]) -> float:
        turn[0] += 1
        return 0.6 if turn[0] % 3 == 0 else 0.0

    unsteady.slow = slow
    with services(steady, unsteady) as urls, fleet_of(urls, hedge=0.05) as client:
        images = [b"%d" % number for number in range(1600)]
        assert right(client.embed(images), images)
    asked = len(steady.asked) + len(unsteady.asked)
    assert asked <= 100 + 1 + 0.05 * asked


def test_nothing_is_asked_twice_where_the_share_is_nothing() -> None:
    members = [WireService(), WireService()]
    with services(*members) as urls, fleet_of(urls, hedge=0.0) as client:
        client.embed(IMAGES)
        members[0].slow = members[1].slow = lambda _inputs: 0.5
        client.embed([b"slow"])
    assert sum(member.seen.count(b"slow") for member in members) == 1


def test_a_lost_member_is_looked_for_ever_more_seldom_and_logged_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    lost = WireService()
    with (
        services(lost, WireService()) as urls,
        fleet_of(urls, Patience(4, 4, first=0.05, longest=0.5)) as client,
    ):
        client.embed(IMAGES[:32])
        lost.health = {"status": "failed"}
        lost.instead.extend([problem(500, "model-failed")] * 1000)
        client.embed(IMAGES)
        looked = lost.looked
        time.sleep(1.0)
        assert lost.looked - looked <= 6
        waiting.until(lambda: lost.looked > looked, "another look")
    printed = capfd.readouterr()
    lines = [line for line in (printed.out + printed.err).splitlines() if "member-lost" in line]
    assert len(lines) <= 2  # away, and then with a status that is none


def test_the_health_of_a_fleet_is_that_of_each_member() -> None:
    absent = f"http://127.0.0.1:{unused_port()}"
    with services(WireService()) as urls, fleet_of([*urls, absent]) as client:
        serving_one, away = client.health()
        client.embed([b"a"])
        timed = client.health()[0]
    assert (serving_one.url, serving_one.state, serving_one.model) == (urls[0], State.SERVING, "wire@1+none")
    assert (away.state, away.model) == (State.AWAY, "")
    assert "No inference service answers" in away.why
    assert timed.seconds_per_item > 0


def test_a_fleet_serves_those_who_await() -> None:
    async def run(urls: list[str]) -> list[Vector | Refusal]:
        async with AsyncClient(",".join(urls), ClientSettings()) as client:
            return await client.embed(IMAGES)

    with services(WireService(), WireService()) as urls:
        assert right(asyncio.run(run(urls)), IMAGES)


def test_a_member_that_hangs_at_the_start_holds_nobody_up() -> None:
    with (
        process_serving() as hanging,
        services(WireService()) as urls,
        fleet_of([*urls, hanging.url]) as client,
    ):
        hanging.process.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        assert right(client.embed(IMAGES), IMAGES)
        assert time.monotonic() - started < 8, "less than a look may take"
        hanging.process.send_signal(signal.SIGCONT)
        until(client, [State.SERVING, State.SERVING])
