package db_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
)

func TestASchemaThatIsCurrentIsLeftAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		if steps, err := d.Migrate(ctx); steps != 0 || err != nil {
			t.Errorf("a second time: %d steps, %v", steps, err)
		}
	})
}

func TestASchemaThatLacksAStepInTheMiddleIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	d, err := db.Open(ctx, path, db.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if steps, err := d.Migrate(ctx); steps == 0 || err != nil {
		t.Fatalf("an empty database: %d steps, %v", steps, err)
	}
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Exec("DELETE FROM goose_db_version WHERE version_id = 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Migrate(ctx); err == nil {
		t.Error("the newest step alone passed for all of them")
	}
}
