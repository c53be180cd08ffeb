package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"yanming/internal/auth"
	"yanming/internal/demo"
	"yanming/internal/errs"
)

// demoCmd makes the fictional county and serves it. It lives in a folder of its own and never mixes with real data.
type demoCmd struct {
	Data         string `option:"file" type:"path"`
	DB           string `option:"file" name:"db"`
	Config       string `option:"file" type:"path"`
	Listen       string `option:"file" default:"127.0.0.1:8088"`
	BaseURL      string `option:"file" name:"base-url"`
	GenerateOnly bool   `help:"Fill the folder and exit. / 只建数据，不启动。"`
	Seed         uint64 `help:"Seed of the story. / 随机种子。" default:"20261123"`
}

// guideFile keeps a demo's logins beside it, so that it can be served again.
const guideFile = "demo-guide.json"

func (c demoCmd) Run(ctx context.Context, sh shell) error {
	if c.Data == "" {
		dir, err := os.MkdirTemp("", "yanming-demo-")
		if err != nil {
			return err
		}
		c.Data = dir
		if !c.GenerateOnly {
			defer os.RemoveAll(dir)
		}
	}
	p := place{Data: c.Data, DB: c.DB}
	held, err := p.hold(ctx, "demo")
	if err != nil {
		return err
	}
	defer held.Release()
	guide, err := c.guide(ctx, sh)
	if err != nil || c.GenerateOnly {
		if err == nil {
			tell(sh, guide, "")
		}
		return err
	}
	h, err := p.open(ctx, sh, nil)
	if err != nil {
		return err
	}
	defer h.close()
	return listening{Listen: c.Listen, BaseURL: c.BaseURL}.serve(ctx, sh, h, func(base string) error {
		sh.say("cli.demo_address", base)
		tell(sh, guide, base)
		return nil
	})
}

// guide returns how to walk through the demo of the folder, which it fills first where it is empty.
func (c demoCmd) guide(ctx context.Context, sh shell) (g demo.Guide, err error) {
	name := filepath.Join(c.Data, guideFile)
	b, err := os.ReadFile(name)
	if err == nil {
		return g, json.Unmarshal(b, &g)
	}
	if !errors.Is(err, os.ErrNotExist) {
		return g, err
	}
	if exists(filepath.Join(c.Data, "keys")) {
		return g, errs.Field("--data", "cli.demo_not_empty", c.Data)
	}
	sh.say("cli.demo_filling")
	start := time.Now()
	clock := &demo.Clock{}
	h, err := place{Data: c.Data, DB: c.DB}.open(ctx, sh, clock.Now)
	if err != nil {
		return g, err
	}
	defer h.close()
	g, err = demo.Fill(ctx, demo.Deps{DB: h.db, Orgs: h.orgs, Cases: h.cases, Accounts: h.auth, Clock: clock}, demo.Options{Seed: c.Seed, Now: start})
	if err != nil {
		return g, err
	}
	if err := h.catchUp(ctx); err != nil {
		return g, err
	}
	if b, err = json.MarshalIndent(g, "", "  "); err == nil {
		err = os.WriteFile(name, b, 0o600)
	}
	sh.say("cli.demo_filled", time.Since(start).Round(time.Millisecond*100))
	return g, err
}

var _ demo.Accounts = (*auth.Service)(nil)

// tell prints who can sign in, which receipts can be looked up, and a way to walk.
func tell(sh shell, g demo.Guide, base string) {
	fmt.Fprintln(sh.out)
	sh.say("cli.demo_logins")
	for _, l := range g.Logins {
		fmt.Fprintf(sh.out, "  %-14s %-16s %s %s %s %s\n", l.Login, l.Password, l.TownName, sh.cat.T(sh.lang, "auth.role."+string(l.Role)), l.Name, l.Unit)
	}
	fmt.Fprintln(sh.out)
	sh.say("cli.demo_receipts")
	for _, r := range g.Receipts {
		if r.Secret != "" {
			fmt.Fprintf(sh.out, "  %s  %s\n", r.Secret.Grouped(), sh.cat.T(sh.lang, r.Key))
		} else {
			fmt.Fprintf(sh.out, "  %s  %s  %s\n", r.Number.Grouped(), r.Code, sh.cat.T(sh.lang, r.Key))
		}
	}
	fmt.Fprintln(sh.out)
	sh.say("cli.demo_stops")
	for i, s := range g.Stops {
		who := ""
		if s.Login != "" {
			who = " (" + s.Login + ")"
		}
		fmt.Fprintf(sh.out, "  %d. %s%s\n     %s%s\n", i+1, sh.cat.T(sh.lang, s.Key), who, base, s.Path)
	}
	fmt.Fprintln(sh.out)
}
