package main

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// scratch names the folder that tests of this program share; it is removed behind the last.
const scratch = "YANMING_TEST_SCRATCH"

// cleaned runs the tests over a shared folder.
type cleaned struct{ m *testing.M }

func (c cleaned) Run() int {
	dir, err := os.MkdirTemp("", "yanming-test-")
	if err == nil {
		defer os.RemoveAll(dir)
		err = os.Setenv(scratch, dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	return c.m.Run()
}

func TestMain(m *testing.M) { testscript.Main(cleaned{m}, map[string]func(){"yanming": main}) }

// await waits until a file is there.
func await(ts *testscript.TestScript, _ bool, args []string) {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if exists(ts.MkAbs(args[0])) {
			return
		}
	}
	ts.Fatalf("%s does not come", args[0])
}

// TestCommands runs the scripts: what they show is what other programs rely on.
func TestCommands(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Setup: func(e *testscript.Env) error {
		e.Setenv("YANMING_LANG", "en")
		return nil
	}, Cmds: map[string]func(*testscript.TestScript, bool, []string){"await": await}})
}
