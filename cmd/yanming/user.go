package main

import (
	"context"
	"fmt"

	"yanming/internal/actor"
	"yanming/internal/auth"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/org"
)

// userCmd manages accounts from the machine itself, for when nobody can sign in any more.
type userCmd struct {
	List    listUsersCmd   `cmd:"" help:"List the accounts of a town. / 列出账号。"`
	Add     addUserCmd     `cmd:"" help:"Give somebody of the town a post and an account; prints the password once. / 设岗并开账号，密码只显示一次。"`
	Reset   resetUserCmd   `cmd:"" help:"Give an account a new password; prints it once. / 重置密码。"`
	Disable disableUserCmd `cmd:"" help:"Close an account. / 停用账号。"`
}

type listUsersCmd struct {
	place `embed:""`
	Town  string `help:"Code of the town. / 乡镇代码。" required:""`
	JSON  bool   `help:"Print JSON. / 输出 JSON。"`
}

func (c listUsersCmd) Run(ctx context.Context, sh shell) error {
	h, err := c.lookTown(ctx, c.Town)
	if err != nil {
		return err
	}
	defer h.close()
	var accounts []auth.Account
	var dir *org.Directory
	err = h.db.View(ctx, c.Town, func(tx *db.Tx) (err error) {
		if dir, err = h.orgs.Load(ctx, tx); err == nil {
			accounts, err = auth.Accounts(ctx, tx)
		}
		return err
	})
	if err != nil {
		return err
	}
	type line struct {
		Login    string   `json:"login"`
		Name     string   `json:"name"`
		Roles    []string `json:"roles"`
		Disabled bool     `json:"disabled"`
	}
	var lines []line
	for _, a := range accounts {
		l := line{Login: a.Login, Name: dir.Person(a.Person).Name, Disabled: a.Disabled, Roles: []string{}}
		for _, p := range dir.PostsOf(a.Person) {
			l.Roles = append(l.Roles, string(p.Role))
		}
		lines = append(lines, l)
	}
	if c.JSON {
		return printJSON(sh, lines)
	}
	for _, l := range lines {
		fmt.Fprintf(sh.out, "%-20s %s %v\n", l.Login, l.Name, l.Roles)
	}
	return nil
}

type addUserCmd struct {
	place `embed:""`
	Town  string `help:"Code of the town. / 乡镇代码。" required:""`
	Name  string `help:"The person's name. / 姓名。" required:""`
	Unit  string `help:"Name of the unit. / 单位名称。" required:""`
	Role  string `help:"Role, such as intake or handler. / 角色。" required:""`
	Login string `arg:"" help:"Login. / 登录名。"`
}

func (c addUserCmd) do(ctx context.Context, sh shell, h *home) error {
	if err := h.has(ctx, c.Town); err != nil {
		return err
	}
	var dir *org.Directory
	if err := h.db.View(ctx, c.Town, func(tx *db.Tx) (err error) { dir, err = h.orgs.Load(ctx, tx); return err }); err != nil {
		return err
	}
	unit := ""
	for _, u := range dir.Units() {
		if u.Name == c.Unit || u.ID == c.Unit {
			unit = u.ID
		}
	}
	if unit == "" {
		return errs.Field("--unit", "cli.no_unit", c.Unit)
	}
	sys := actor.Actor{Town: c.Town, System: true}
	person, err := h.orgs.SavePerson(ctx, sys, org.SavePerson{Name: c.Name})
	if err != nil {
		return err
	}
	if _, err := h.orgs.Appoint(ctx, sys, org.Appoint{Person: person, Unit: unit, Role: actor.Role(c.Role)}); err != nil {
		return err
	}
	_, password, err := h.auth.CreateAccount(ctx, sys, auth.CreateAccount{Person: person, Login: c.Login})
	if err != nil {
		return err
	}
	sh.say("cli.password", c.Login, password)
	return nil
}

type loginCmd struct {
	place `embed:""`
	Login string `arg:"" help:"Login. / 登录名。"`
}

// find returns the account of the login.
func (c loginCmd) find(ctx context.Context, h *home) (auth.Account, error) {
	a, err := h.auth.Find(ctx, c.Login)
	if err != nil {
		return a, errs.Field("login", "cli.no_login", c.Login)
	}
	return a, nil
}

type disableUserCmd struct {
	loginCmd `embed:""`
}

func (c disableUserCmd) do(ctx context.Context, sh shell, h *home) error {
	a, err := c.find(ctx, h)
	if err != nil {
		return err
	}
	if err := h.auth.Disable(ctx, actor.Actor{Town: a.Town, System: true}, a.ID); err != nil {
		return err
	}
	sh.say("cli.disabled", c.Login)
	return nil
}

type resetUserCmd struct {
	loginCmd `embed:""`
}

func (c resetUserCmd) do(ctx context.Context, sh shell, h *home) error {
	a, err := c.find(ctx, h)
	if err != nil {
		return err
	}
	password, err := h.auth.ResetPassword(ctx, actor.Actor{Town: a.Town, System: true}, a.ID)
	if err != nil {
		return err
	}
	sh.say("cli.password", c.Login, password)
	return nil
}

// townCmd lists the tenants and opens new ones.
type townCmd struct {
	List listTownsCmd `cmd:"" help:"List the towns. / 列出乡镇。"`
	Open openTownCmd  `cmd:"" help:"Open a county (6 digits) or a town (9 digits) with its administrator; prints the password once. / 开设县或乡镇及其管理员。"`
}

type listTownsCmd struct {
	place `embed:""`
	JSON  bool `help:"Print JSON. / 输出 JSON。"`
}

func (c listTownsCmd) Run(ctx context.Context, sh shell) error {
	h, err := c.look(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	ts, err := h.orgs.AllTowns(ctx)
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(sh, ts)
	}
	for _, t := range ts {
		fmt.Fprintf(sh.out, "%-10s %d  %-7s %s\n", t.ID, t.Number, t.Level, t.Name)
	}
	return nil
}

type openTownCmd struct {
	place  `embed:""`
	Name   string `help:"The town's name. / 名称。" required:""`
	Admin  string `help:"The administrator's name. / 管理员姓名。" required:""`
	Login  string `help:"The administrator's login. / 管理员登录名。" required:""`
	Office string `help:"The unit the administrator sits in. / 管理员所在单位。" default:"党政办公室"`
	Code   string `arg:"" help:"Division code. / 区划代码。"`
}

func (openTownCmd) opening() opening { return making }

func (c openTownCmd) do(ctx context.Context, sh shell, h *home) error {
	password, err := h.auth.OpenTown(ctx, actor.Actor{Town: c.Code, System: true},
		auth.Founding{Town: org.OpenTown{ID: c.Code, Name: c.Name}, Office: c.Office, Name: c.Admin, Login: c.Login})
	if err != nil {
		return err
	}
	sh.say("cli.password", c.Login, password)
	return nil
}
