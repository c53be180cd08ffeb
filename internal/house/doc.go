// Package house holds the tests of the house rules: import ranks, sizes and names, where SQL may stand, which words
// must be in the catalogue, what a template and the schema may never hold. It has no code but tests, and it refuses
// exceptions that do not stand in one of its lists with a reason.
//
// Each rule is a function from one file to the complaints about it; TestRulesCanFail shows each of them a file that
// breaks it, so that no rule passes because it looks at nothing.
package house
