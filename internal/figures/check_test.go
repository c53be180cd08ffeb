package figures_test

import (
	"encoding/json"
	"strings"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/figures"
	"yanming/internal/i18n"
)

func TestNoFigureHasAPersonTelephoneOrDwellingAsDimension(t *testing.T) {
	for _, row := range []struct {
		dim, sql string
		refused  bool
	}{
		{"person", "r.village", true}, {"who", "r.person_id", true}, {"contact", "r.phone", true}, {"line", "r.tel_no", true},
		{"home", "r.household_id", true}, {"yard", "h.dwelling", true}, {"spot", "COALESCE(r.address, '')", true},
		{"raised_by", "r.resident_id", true}, {"by", "e.actor_id", true}, {"login", "r.account", true}, {"runner", "g.worker_id", true},
		{"who", "R.PERSON_ID", true},
		{"village", "r.village_id", false}, {"leader", "r.leader_post", false}, {"unit", "r.lead_unit", false}, {"hotel", "r.hotel", false},
		{"channel", "r.channel", false},
	} {
		s := sources()
		s[0].Dims[row.dim] = figures.Col{SQL: row.sql, Name: zh("项")}
		_, err := figures.New(s, defs(), formulas())
		if got := err != nil && strings.Contains(err.Error(), "figures.personal"); got != row.refused {
			t.Errorf("dimension %s (%s): refused %v, want %v: %v", row.dim, row.sql, got, row.refused, err)
		}
	}
}

func TestACatalogueThatDoesNotFitTogetherIsRefused(t *testing.T) {
	for _, row := range []struct {
		name   string
		break_ func(s []figures.Source, d []figures.Def, f []figures.Formula) ([]figures.Source, []figures.Def, []figures.Formula)
		want   string
	}{
		{"a column that is none", onDef(func(d *figures.Def) { d.Where = []figures.Cond{{Col: "mood", Op: figures.NotNull}} }), "figures.column"},
		{"an own column", onDef(func(d *figures.Def) {
			d.Where = []figures.Cond{{Col: "assignee", Op: figures.In, Values: []string{"lee"}}}
		}), "figures.column"},
		{"a key in a condition", onDef(func(d *figures.Def) {
			d.Source, d.Where = "visit", []figures.Cond{{Col: "household", Op: figures.In, Values: []string{"h"}}}
		}), "figures.column"},
		{"no values", onDef(func(d *figures.Def) { d.Where = []figures.Cond{{Col: "state", Op: figures.In}} }), "figures.cond"},
		{"values of a time", onDef(func(d *figures.Def) {
			d.Where = []figures.Cond{{Col: "due", Op: figures.In, Values: []string{"1"}}}
		}), "figures.cond"},
		{"an unknown operation", onDef(func(d *figures.Def) { d.Where = []figures.Cond{{Col: "state", Op: "like"}} }), "figures.cond"},
		{"no time", onDef(func(d *figures.Def) { d.Time = "" }), "error.required"},
		{"a stock with a time", onDef(func(d *figures.Def) { d.Kind = figures.Stock }), "figures.kind_time"},
		{"an unknown kind", onDef(func(d *figures.Def) { d.Kind = "guess" }), "error.choice"},
		{"an unknown source", onDef(func(d *figures.Def) { d.Source = "moods" }), "error.choice"},
		{"no sentence", onDef(func(d *figures.Def) { d.Says = i18n.Pair{} }), "error.required"},
		{"a code with blanks", onDef(func(d *figures.Def) { d.Code = "case received" }), "figures.code"},
		{"a shipped code of a town", onDef(func(d *figures.Def) { d.Code = "own.received" }), "figures.code_own"},
		{"version 0", onDef(func(d *figures.Def) { d.Version = 0 }), "error.number"},
		{"sum and distinct", onDef(func(d *figures.Def) {
			d.Source, d.Sum, d.Distinct = "visit", "copies", "household"
		}), "figures.sum_or_distinct"},
		{"one version twice", func(s []figures.Source, d []figures.Def, f []figures.Formula) ([]figures.Source, []figures.Def, []figures.Formula) {
			return s, append(d, d[0]), f
		}, "written twice"},
		{"a source twice", func(s []figures.Source, d []figures.Def, f []figures.Formula) ([]figures.Source, []figures.Def, []figures.Formula) {
			return append(s, s[0]), d, f
		}, "written twice"},
		{"an operand that is none", onFormula(func(f *figures.Formula) { f.B = "thing.none" }), "figures.operand"},
		{"a formula of a formula", onFormula(func(f *figures.Formula) { f.A = "thing.both" }), "figures.operand"},
		{"a ratio of which one side leaves out what is in confidence", onFormula(func(f *figures.Formula) { f.A = "thing.scanned" }), "figures.ratio_veiled"},
		{"a median of no column", onFormula(func(f *figures.Formula) { f.Op = figures.Median }), "figures.column"},
		{"keys beside records in confidence", onSource(func(s *figures.Source) {
			s.Keys = map[string]figures.Col{"household": {SQL: "r.household"}}
		}), "figures.veiled_key"},
		{"a placeholder in a source", onSource(func(s *figures.Source) { s.From = "things r WHERE r.id = $2" }), "figures.sql"},
		{"a second statement in a source", onSource(func(s *figures.Source) { s.From = "things r; DELETE FROM things" }), "figures.sql"},
		{"a source without r", onSource(func(s *figures.Source) { s.From = "things" }), "figures.sql"},
		{"an order that is no time", onSource(func(s *figures.Source) { s.Order = "village" }), "figures.column"},
		{"a shown column that is none", onSource(func(s *figures.Source) { s.Show = []string{"assignee"} }), "figures.column"},
	} {
		_, err := figures.New(row.break_(sources(), defs(), formulas()))
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %s", row.name, err, row.want)
		}
	}
}

type breaker = func([]figures.Source, []figures.Def, []figures.Formula) ([]figures.Source, []figures.Def, []figures.Formula)

func onSource(change func(*figures.Source)) breaker {
	return func(s []figures.Source, d []figures.Def, f []figures.Formula) ([]figures.Source, []figures.Def, []figures.Formula) {
		change(&s[0])
		return s, d, f
	}
}

func onDef(change func(*figures.Def)) breaker {
	return func(s []figures.Source, d []figures.Def, f []figures.Formula) ([]figures.Source, []figures.Def, []figures.Formula) {
		change(&d[0])
		return s, d, f
	}
}

func onFormula(change func(*figures.Formula)) breaker {
	return func(s []figures.Source, d []figures.Def, f []figures.Formula) ([]figures.Source, []figures.Def, []figures.Formula) {
		change(&f[0])
		return s, d, f
	}
}

func admin(town string) actor.Actor {
	return actor.Actor{Town: town, Person: "adm", Posts: []actor.Post{{Role: actor.Admin}}}
}

func TestATownDefinesFiguresOfItsOwn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		build(t, d)
		put(t, d, dbtest.Town, small()...)
		clock.Set(ms(at(9, 0)))
		c := catalogue(t)
		def := defs()[0]
		def.Code, def.Where = "own.west", []figures.Cond{{Col: "village", Op: figures.In, Values: []string{"west'; --"}}}
		first, err := c.Define(ctx, d, admin(dbtest.Town), figures.Define{Key: "k1", Def: def})
		if err != nil || first.Version != 1 {
			t.Fatalf("version %d, %v", first.Version, err)
		}
		again, err := c.Define(ctx, d, admin(dbtest.Town), figures.Define{Key: "k1", Def: def})
		if err != nil || again.Version != 1 {
			t.Errorf("sent twice: version %d, %v", again.Version, err)
		}
		def.Where[0].Values[0] = "west"
		if _, err := c.Define(ctx, d, admin(dbtest.Town), figures.Define{Key: "k1", Def: def}); !errs.Is(err, errs.Conflict) {
			t.Errorf("one key for two definitions: %v", err)
		}
		if second, err := c.Define(ctx, d, admin(dbtest.Town), figures.Define{Key: "k2", Def: def}); err != nil || second.Version != 2 {
			t.Errorf("version %d, %v", second.Version, err)
		}
		view(t, d, dbtest.Town, func(tx *db.Tx) {
			vs, err := c.Compute(ctx, tx, []string{"own.west"}, figures.Scope{}, week)
			if err != nil || vs[0].Value != 2 || vs[0].Version != 2 || vs[0].Veiled != 0 {
				t.Errorf("got %+v, %v", vs, err)
			}
			list, err := c.List(ctx, tx)
			if err != nil || len(list) != len(c.Shipped())+1 || !list[0].Own {
				t.Errorf("%d figures, %v", len(list), err)
			}
		})
		view(t, d, "419900102", func(tx *db.Tx) {
			if _, err := c.Def(ctx, tx, "own.west"); !errs.Is(err, errs.NotFound) {
				t.Errorf("another town's figure: %v", err)
			}
		})
		office := actor.Actor{Town: dbtest.Town, Person: "p", Posts: []actor.Post{{Role: actor.General}}}
		if _, err := c.Define(ctx, d, office, figures.Define{Def: def}); !errs.Is(err, errs.Denied) {
			t.Errorf("by somebody else: %v", err)
		}
		for _, change := range []func(*figures.Def){
			func(d *figures.Def) { d.Code = "thing.received" }, func(d *figures.Def) { d.Where[0].Col = "r.village) --" },
			func(d *figures.Def) { d.Time = "r.at" }, func(d *figures.Def) { d.Sum = "assignee" },
		} {
			bad := def
			bad.Where = []figures.Cond{def.Where[0]}
			change(&bad)
			if _, err := c.Define(ctx, d, admin(dbtest.Town), figures.Define{Def: bad}); !errs.Is(err, errs.Invalid) {
				t.Errorf("%+v: got %v, want Invalid", bad, err)
			}
		}
	})
}

func TestADefinitionThatCannotBeReadAnyMoreStopsNothingElse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		build(t, d)
		put(t, d, dbtest.Town, small()...)
		clock.Set(ms(at(9, 0)))
		c := catalogue(t)
		def := defs()[0]
		def.Code, def.Where = "own.old", []figures.Cond{{Col: "dropped", Op: figures.NotNull}}
		body, err := json.Marshal(def)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Update(ctx, dbtest.Town, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO figure_defs (town_id, code, version, body, actor_id, at) VALUES ($1, $2, 1, $3, 'adm', 1)`, def.Code, string(body))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		view(t, d, dbtest.Town, func(tx *db.Tx) {
			if _, err := c.Def(ctx, tx, "own.old"); err == nil || errs.KindOf(err) != errs.Internal {
				t.Errorf("asked for: %v", err)
			}
			if list, err := c.List(ctx, tx); err != nil || len(list) != len(c.Shipped()) {
				t.Errorf("list: %d, %v", len(list), err)
			}
			ps, err := c.Recount(ctx, tx, nil)
			if err != nil || len(ps) != 1 || ps[0].Key != "figures.check.broken" {
				t.Errorf("recount: %+v, %v", ps, err)
			}
		})
	})
}

func TestRecountFindsRecordsThatAreMissingOrTwice(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		build(t, d)
		clock.Set(ms(at(9, 0)))
		fine, missing, twice := open(1, "east", at(0, 1)), open(2, "east", at(0, 1)), open(3, "west", at(0, 1))
		missing.Spans[0].Until = ptr(at(1, 1)) // and no state since
		twice.Spans = append(twice.Spans, span{Since: at(1, 1), State: "resolved"})
		twice.Veiled = true
		put(t, d, dbtest.Town, fine, missing, twice)
		view(t, d, dbtest.Town, func(tx *db.Tx) {
			ps, err := catalogue(t).Recount(ctx, tx, nil)
			if err != nil || len(ps) != 2 || ps[0].Key != "figures.check.records" || ps[1].Key != "figures.check.records" {
				t.Errorf("got %+v, %v", ps, err)
			}
		})
	})
}

func TestEveryMessageIsWritten(t *testing.T) {
	messages, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"code", "code_own", "column", "sql", "personal", "veiled_key", "kind_time", "cond", "sum_or_distinct", "operand",
		"ratio_veiled", "dim", "many", "limit", "after", "items", "kind.cohort", "kind.flow", "kind.stock", "check.broken", "check.records", "check.dim",
		"check.value", "check.hash", "check.members", "check.set"} {
		if !messages.Has("figures." + key) {
			t.Errorf("figures.%s is not in the catalogue", key)
		}
	}
}
