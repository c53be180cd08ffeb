-- What was registered in a period is counted from the cases themselves: a registration has no row among what was done to a case.
DELETE FROM case_deeds WHERE type = 'registered';
