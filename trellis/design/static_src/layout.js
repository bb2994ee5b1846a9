// A table drawn as cards on a phone is still read out as a table; the tab one is on is in sight.
const ROLES = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell", th: "columnheader" };

export function keepTablesTables(within) {
  within.querySelectorAll("table.t-table, table.t-grid-week").forEach((table) => {
    table.setAttribute("role", ROLES.table);
    for (const [name, role] of Object.entries(ROLES)) {
      table.querySelectorAll(name).forEach((part) => part.setAttribute("role", role));
    }
    table.querySelectorAll("th[scope=row]").forEach((cell) => cell.setAttribute("role", "rowheader"));
  });
}

export function showCurrentTab() {
  document.querySelectorAll(".t-tabs__list").forEach((list) => {
    const current = list.querySelector("[aria-current]");
    if (current) list.scrollLeft = current.offsetLeft - list.offsetLeft - 24;
  });
}
