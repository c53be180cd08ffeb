package notice_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/notice"
	"yanming/internal/org"
)

func TestWhatIsUrgentIsWhatGuardsAndWhatIsAskedFor(t *testing.T) {
	text, kinds := notice.Urgent()
	listed := strings.Split(strings.Trim(text, "()'"), "', '")
	slices.Sort(listed)
	slices.Sort(kinds)
	if !slices.Equal(listed, kinds) {
		t.Errorf("listed %v, want %v", listed, kinds)
	}
}

// TestALinkDoesNotWaitForTheMailsOfTheDay: at half past eight there are more of them than leave in an hour.
func TestALinkDoesNotWaitForTheMailsOfTheDay(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		const north = "419900102"
		_, err := w.auth.OpenTown(ctx, actor.Actor{Town: north, System: true}, auth.Founding{Town: org.OpenTown{ID: north, Name: "雁北镇"},
			Office: "党政办公室", Name: "管理员", Login: "north"})
		must(t, err)
		post := func(town string, kinds ...string) {
			t.Helper()
			must(t, w.DB.Update(ctx, town, func(tx *db.Tx) error {
				for _, k := range kinds {
					if err := notice.Post(ctx, tx, k, "p"); err != nil {
						return err
					}
				}
				return nil
			}))
			w.clock.Add(time.Second)
		}
		towns := func(says string, want ...string) {
			t.Helper()
			var got []string
			must(t, w.DB.Across(ctx, func(x *db.Wide) (err error) { got, err = notice.DueTowns(ctx, x); return err }))
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", says, got, want)
			}
		}
		towns("nothing waits")
		post(north, "digest", "digest")
		post(dbtest.Town, "digest")
		towns("who waits longest comes first", north, dbtest.Town)
		var kinds []string
		must(t, w.DB.Update(ctx, north, func(tx *db.Tx) (err error) { kinds, err = notice.Claim(ctx, tx, 1); return err }))
		post(north, "digest")
		towns("and again", north, dbtest.Town)
		post(dbtest.Town, "dispatched", "lost")
		towns("what is urgent comes before", dbtest.Town, north)
		must(t, w.DB.Update(ctx, dbtest.Town, func(tx *db.Tx) (err error) { kinds, err = notice.Claim(ctx, tx, 3); return err }))
		if want := []string{"lost", "dispatched", "digest"}; !slices.Equal(kinds, want) {
			t.Errorf("they leave as %v, want %v", kinds, want)
		}
	})
}
