// Everything works without this file. With it: GOV.UK components wake up, forms save drafts, lists search as you type.
import { initAll } from "./govuk-frontend.min.js";
import { keepDrafts } from "./autosave.js";
import { keepKeys, sendOnce } from "./once.js";
import { searchAsYouType } from "./search.js";
import { keepTablesTables, showCurrentTab } from "./layout.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
sendOnce();
keepKeys();
keepDrafts();
searchAsYouType();
keepTablesTables(document);
showCurrentTab();
