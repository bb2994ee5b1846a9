"""How often each page may ask the database, in the sweep's world, for whoever of the cast costs most.

A page that goes over its budget asks something twice, or once for each row: ask once and hand it on. A budget is
what was measured and one or two more; it is lowered with its page and never raised without a word why.
"""

USUAL = 20  # of a page that has no row; ten of them are who asks, what they may see of whom, and the access log
MOST_QUERIES = {
    "ehc_pack": 53,
    "send_ehc_pack": 49,  # it tells each cycle, to say whom it quotes
    "preview_ehc_pack": 43,
    "add_ehc_words": 31,
    "pupil": 46,  # whether a transfer is owed and a second record is asked about; the carer's SDQ; attendance
    "my_week": 42,  # folders that came later ask in it, and whom it is about is asked once, for all of them
    "put_together": 75,  # every kind of row that a pupil may have, once
    "take_back_import": 54,  # every kind of row that a list may write, once: what was added, what was changed since
    "people_around": 24,  # who may know of care, who corrects and who moves the pupil; care before, the carer's SDQ
    "pupil_ehc": 32,
    "pep_section": 26,  # what the school has told of attendance and attainment
    "write_pep_section": 27,  # the same
    "school_place": 26,  # attendance and attainment as the school told them
    "looked_after_list": 23,  # place, care, SEN status, social worker, UPNs and numbers of all on the page, once each
    "pupil_funding": 22,
    "ehc_request": 26,
    "advice_request": 22,
}
