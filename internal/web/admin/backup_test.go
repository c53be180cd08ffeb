package admin_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"yanming/internal/backup"
	"yanming/internal/db"
	"yanming/internal/db/dbtest"
	"yanming/internal/errs"
	"yanming/internal/job"
)

// TestAnAdministratorSeesHowBackupsStand: nothing on the first day, a warning after two without one, the reason of a
// failure, and what is in the folder.
func TestAnAdministratorSeesHowBackupsStand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, c *dbtest.Clock) {
		w, b := founded(t, d)
		run := job.NewRunner(d, job.Options{})
		run.Handle(backup.JobKind, func(ctx context.Context, _ job.Job) error { return w.backups.Work(ctx, backup.DefaultPlan()) })
		warned := func(path string) string { return strings.Join(b.get(path).must(200).texts("section", "warn"), " ") }
		if said := warned("/admin/units"); said != "" {
			t.Errorf("warned on the first day: %s", said)
		}
		c.Add(49 * time.Hour)
		b = w.browser()
		b.get("/login").fill("/login", "login", "guanli", "password", phrase).must(200)
		for _, path := range []string{"/admin/", "/admin/units"} {
			if said := warned(path); !strings.Contains(said, "两天没有好的备份了") {
				t.Errorf("%s after two days: %q", path, said)
			}
		}
		b.get("/admin/backup").must(200, "还没有备份", "不要复制正在运行的数据库").fill("/admin/backup").must(200, "正在备份")
		if n, err := run.Drain(ctx); n != 1 || err != nil {
			t.Fatalf("%d jobs, %v", n, err)
		}
		b.get("/admin/backup").must(200, "已读回核对", "yanming-419900101-")
		if said := warned("/admin/units"); said != "" {
			t.Errorf("warned after a backup: %s", said)
		}
		c.Add(time.Hour)
		full := errs.All(errs.Field("-o", "backup.full", "/srv/copies"))[0]
		if err := backup.Note(ctx, d, backup.Made{Kind: backup.Nightly, At: c.Now(), Failure: full}); err != nil {
			t.Fatal(err)
		}
		if said := warned("/admin/"); !strings.Contains(said, "备份没有做成") || !strings.Contains(said, "/srv/copies") {
			t.Errorf("after a failure: %q", said)
		}
	})
}
