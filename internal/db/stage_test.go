package db_test

import (
	"database/sql"
	"testing"

	"yanming/internal/db"
	"yanming/internal/db/dbtest"
)

func TestASchemaIsBareOnlyWithoutAnythingOfAnybodys(t *testing.T) {
	dbtest.EachEmpty(t, func(t *testing.T, fresh func() string) {
		for _, text := range []string{"", "CREATE VIEW v AS SELECT 1 AS one", "CREATE TABLE t (x int)", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "CREATE SEQUENCE s"} {
			source := fresh()
			if db.EngineOf(source) != db.Postgres {
				return
			}
			d, err := sql.Open("pgx", source)
			if err == nil && text != "" {
				_, err = d.ExecContext(ctx, text)
			}
			if err != nil {
				t.Fatal(err)
			}
			d.Close()
			if bare, err := db.Bare(ctx, source); bare != (text == "") || err != nil {
				t.Errorf("%q: bare %t, %v", text, bare, err)
			}
		}
	})
}
