"""Whatever leaves the house, by any command: nothing of what is 不公開, and 限閱 only with those who may read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Desk
from tests.test_openness import HELD, POINTS, PUT, RESTRICTED, WITHHELD, everything, plain, put, rules_off

# What goes to members and those who sit in, and what to anyone.
TO_MEMBERS = ("113-1 信件", "113-1 公文附件", "113-1 抽換", "113-1/會議資料.pdf", "113-1/期限.ics")
TO_ANYONE = ("113-1 公開", "113-1 公開.zip", "委員名單", "年度統計", "113-1/會議資料（公開版）.pdf", "113-1/期限.ics")
# Inside the agency, where all of it may be read.
INSIDE = ("113-1 審閱本", "決議追蹤", "113-1/決議分辦表", "113-1 版本")
TASKS = {
    **HELD,
    "決議": """
| 案號 | 項次 | 內容                         | 主辦單位   | 期限      | 列管     |
| 討1  | 1    | 照案通過。                   |            |           |          |
| 討2  | 1    | 修正通過，底價調為四千萬元。 | 秘書處     | 113-08-01 | 持續列管 |
| 討3  | 1    | 照案通過，另函銓敘機關備查。 | 秘書處     | 113-08-01 | 持續列管 |
| 討3  | 2    | 違失情節另函移送。           | 外港區公所 | 113-08-01 | 持續列管 |
| 討4  | 1    | 照案通過。                   | 資訊處     | 113-08-01 | 持續列管 |
""",
}


def done(desk: Desk, *commands: str) -> None:
    for command in commands:
        result = desk.run(*command.split())
        assert result.exit_code == 0, (command, result.output)


def given(desk: Desk, **sheets: str) -> None:
    put(desk, **sheets)
    rules_off(desk)
    assert [fault for fault in desk.problems() if fault["severity"] == "error"] == []


def texts(desk: Desk, places: tuple[str, ...]) -> dict[str, str]:
    """The text of every file whose path in output/ begins so, without white space."""
    root = desk.root / "output"
    paths = [path for path in sorted(root.rglob("*")) if path.is_file() and ".packet" not in path.parts]
    found = {path.relative_to(root).as_posix(): path for path in paths}
    return {
        name: plain(everything(path.read_bytes(), path.name))
        for name, path in found.items()
        if any(name == place or name.startswith((f"{place}/", f"{place}（", f"{place}.")) for place in places)
    }


def leaked(desk: Desk) -> list[tuple[str, str]]:
    outside = texts(desk, TO_MEMBERS) | texts(desk, TO_ANYONE)
    found = [(name, word) for name, text in outside.items() for word in WITHHELD if word in text]
    public = texts(desk, TO_ANYONE).items()
    return found + [(name, word) for name, text in public for word in RESTRICTED if word in text]


@pytest.mark.office
@pytest.mark.slow
def test_no_command_lets_out_what_is_closed(desk: Desk) -> None:
    given(desk)
    done(desk, "schedule 113-1", "status 113-1 --remind", "release 113-1 --reason 測試")
    given(
        desk, 說明=POINTS.replace("萬元整。", "萬元整，抽砂船另計。").replace("記過一次。", "記過一次，違失情節另函。")
    )
    done(desk, "supplement 113-1", "diff 113-1 --docx", "release 113-1 --reason 測試", "mail 113-1 --attachments")
    assert leaked(desk) == []
    sent = texts(desk, TO_MEMBERS)
    assert {"113-1 抽換/抽換頁.pdf", "113-1 信件/會議資料.eml"} <= set(sent)
    assert "抽砂船另計" in sent["113-1 抽換/抽換頁.pdf"]
    # Each page of what members get of it says so.
    for name, text in sent.items():
        if any(word in text for word in RESTRICTED):
            assert "限閱" in text or name.endswith(".eml"), name
    given(desk, **TASKS | {"紀錄資訊": HELD["紀錄資訊"].replace("定稿", "草稿")})
    done(desk, "build 113-1 --review", "mail 113-1 --attachments", "replies 113-1 --form", "status 113-1 --remind")
    given(desk, **TASKS)
    done(desk, "release 113-1 --reason 測試", "mail 113-1 --attachments", "publish 113-1", "publish 113-1 --roster")
    done(desk, "build 113-1")
    done(desk, "year 113", "decisions --write", "decisions --promises --write")
    assert leaked(desk) == []
    assert {place for place in (*TO_MEMBERS, *TO_ANYONE) if not texts(desk, (place,))} == set()
    inside = texts(desk, INSIDE)
    # The agency itself can read it, marked: that a test finds nothing outside is not because it is nowhere.
    assert "密不公開" in inside["決議追蹤/決議追蹤（秘書處）.docx"]
    assert "不公開" in inside["113-1/決議分辦表（秘書處）.docx"]
    assert "銓敘機關" in inside["113-1/決議分辦表（秘書處）.xlsx"]
    # Another agency that is to carry something out gets no excerpt with it.
    assert not [name for name in inside if "外港區公所" in Path(name).name]
    assert PUT.count("不公開") == 1
