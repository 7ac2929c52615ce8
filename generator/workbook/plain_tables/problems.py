"""What is said of a sheet that no one declared, and of what was taken for its table."""

from __future__ import annotations

from generator.basic.problem import Code, error, note, warning


class PlainTableCode(Code):
    """The problems that this package finds."""

    HEADINGS_DIFFER = error("欄位標題與 {other} 的同名工作表不同", "請改成相同的標題，或將工作表改名。")
    UNITS_DIFFER = error(
        "單位「{unit}」與 {other} 同名工作表的「{first}」不同，不能接成一個表", "請換算成同一單位，或將工作表改名。"
    )
    TITLES_DIFFER = warning(
        "「{text}」與 {other} 同名工作表的「{first}」不同，接成一個表，只印後者", "請改成相同，或將工作表改名。"
    )
    HEADINGS_TAKEN = note(
        "以第 {rows} 列為欄位標題，欄位是：{columns}",
        "若標題不是這一列，請把標題以外的文字移開，或將標題的儲存格合併。",
    )
    COLUMN_WITHOUT_HEADING = warning(
        "{heading} 沒有欄位標題，而這一欄自 {cell} 起有資料，照印並稱為「{name}」", "請填入標題，或刪除這一欄。"
    )
    TABLES_SIDE_BY_SIDE = error(
        "左右並列兩個表格：{left} 欄與 {right} 欄，中間的 {gap} 欄空白",
        "請分到兩個工作表；若是同一個表格，請刪除空欄。",
    )
    TABLE_BELOW = error("上面的表格之後還有另一個表格", "請分到兩個工作表。")
    BESIDE_TABLE = error("在表格以外有資料（{cell}），與表格隔著空欄", "請移到表格內，填上標題，或刪除。")
    ROWS_AS_NOTES = note("只有第一欄有字，視為附註：「{text}」", "若是資料，請補填其他各欄。")
    ROWS_AS_GROUPS = note(
        "只有第一欄有字，視為分組標題，不算一筆：{texts}", "若是資料，請補填其他各欄，沒有數字時填「－」。"
    )
    WRONG_TOTAL_ACROSS = warning("填的是 {stated}，同一列各欄加總為 {computed}", "請改正這一格，或加總的各欄。")
    ROW_WITHOUT_NAME = warning(
        "最後一列只有數字，沒有名稱，也不是以上各列的和，仍算一筆並加總", "請在第一欄填入名稱；不要的請刪除。"
    )
    SUM_OF_OTHERS = warning(
        "這一列（{text}）的數字都是其他各列的和，仍算一筆並加總", "若是合計，請在第一欄寫明「合計」；不是時可不理會。"
    )
    SETS_OF_COLUMNS = warning(
        "同樣的欄位標題左右排了 {count} 次（{headings}），照印，但總數只算有幾列，各欄不加總",
        "要計數或加總時，請把右邊的資料接到左邊的下面。",
    )
