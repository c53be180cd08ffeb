// Command pocketbase is the peer that yanming bench measures itself against: PocketBase as a library, with one setting
// changed. Its default commit is not durable against a power cut (synchronous=NORMAL); ours is, so here it is FULL.
//
// It lives in a module of its own, so that nothing of it can reach the program.
package main

import (
	"log"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
)

// pragmas are PocketBase's own, with synchronous raised from NORMAL to FULL.
const pragmas = "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)&_pragma=synchronous(FULL)" +
	"&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)"

func main() {
	app := pocketbase.NewWithConfig(pocketbase.Config{
		DBConnect: func(path string) (*dbx.DB, error) { return dbx.Open("sqlite", path+pragmas) },
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}
