//go:build linux

package main

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// postgres returns the server of the tests, "" where none is named.
func postgres(t *testing.T) string {
	t.Helper()
	server := os.Getenv("YANMING_TEST_POSTGRES")
	if server == "" && (os.Getenv("CI") == "true" || os.Getenv("YANMING_CHECK") != "") {
		t.Error("YANMING_TEST_POSTGRES names no server: run ./check, which starts one")
	}
	return server
}

// said runs a command in English and returns what it said on both ways, with its exit code.
func said(ctx context.Context, args ...string) (int, string) {
	var out strings.Builder
	code := run(ctx, args, &out, &out, func(name string) string { return map[string]string{"YANMING_LANG": "en"}[name] })
	return code, out.String()
}

func TestADatabaseInAnotherEncodingIsRefused(t *testing.T) {
	server := postgres(t)
	if server == "" {
		return
	}
	dir := t.TempDir()
	data := filepath.Join(dir, "d")
	if code, out := said(t.Context(), "town", "open", "--data", data, "--name", "试验镇", "--admin", "管理员", "--login", "boss", "419901101"); code != exitDone {
		t.Fatal(out)
	}
	archive := filepath.Join(dir, "b.ybk")
	if code, out := said(t.Context(), "backup", "--data", data, "-o", archive); code != exitDone {
		t.Fatal(out)
	}
	for _, encoding := range []string{"SQL_ASCII", "LATIN1"} {
		to := newDatabase(t, server, "ENCODING '"+encoding+"' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'")
		for _, args := range [][]string{
			{"serve", "--data", filepath.Join(dir, "n"), "--listen", "127.0.0.1:0", "--db", to},
			{"copy", "--data", data, "--from", filepath.Join(data, "yanming.db"), "--to", to},
			{"restore", "--data", data, "--db", to, archive},
		} {
			code, out := said(t.Context(), args...)
			if code != exitUsage || !strings.Contains(out, "is in the encoding "+encoding) || !strings.Contains(out, "createdb --encoding=UTF8 --template=template0") {
				t.Errorf("%s: exit %d, %s", args[0], code, out)
			}
		}
		d, err := sql.Open("pgx", to)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		var n int
		err = d.QueryRow(`SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace) +
			(SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'yanming%')`).Scan(&n)
		if err != nil || n != 0 {
			t.Errorf("%s: %d things were made in the refused database, %v", encoding, n, err)
		}
	}
}
