package casework_test

import (
	"slices"
	"testing"

	"yanming/internal/actor"
	"yanming/internal/casework"
	"yanming/internal/db"
)

func TestWhatIsAlikeIsInHandOfTheSamePlaceAndKind(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		raise := func(text string, change func(*casework.Register)) casework.Case {
			r := w.say(text)
			if change != nil {
				change(&r)
			}
			return w.follow(w.register(resident(), r).Number)
		}
		one := raise("南渠堵了。", nil)
		other := raise("路灯坏了。", nil)
		near := raise("南渠又堵了。", nil)
		same := raise("南渠堵了。", func(r *casework.Register) { r.Category = "" })
		raise("有人堵了别人家的门口很久没有人来管。", func(r *casework.Register) { r.Category = "" }) // one pair of many
		raise("路灯不亮。", func(r *casework.Register) { r.Category = "" })
		raise("南渠堵了。", func(r *casework.Register) { r.Grid, r.Village = "", w.east })
		sealed := raise("南渠堵了，别说是我说的。", func(r *casework.Register) { r.Confide = true })
		gone := raise("南渠堵了。", nil)
		w.do(w.intake, casework.Link{On: on(gone.Number), Into: near.Number, Reason: "同一件"})
		alike := func(a actor.Actor, c casework.Case) (ids []casework.ID) {
			err := w.db.View(ctx, a.Town, func(tx *db.Tx) error {
				cs, err := w.cases.Alike(ctx, tx, a, c)
				for _, x := range cs {
					ids = append(ids, x.ID)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return ids
		}
		if got := alike(w.intake, one); !slices.Equal(got, []casework.ID{same.ID, near.ID, other.ID}) {
			t.Errorf("got %v", got)
		}
		if got := alike(w.intake, sealed); len(got) > 0 {
			t.Errorf("a case in confidence is compared with %v", got)
		}
		if got := alike(w.handler, one); len(got) > 0 { // nothing was given to their unit
			t.Errorf("the handler is shown %v", got)
		}
	})
}
