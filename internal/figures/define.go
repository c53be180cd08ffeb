package figures

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"

	"yanming/internal/actor"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// Define makes a figure of the town's own, or a new version of one: the version is given by the town's next number of
// that code, whatever Def says.
type Define struct {
	Key journal.Key
	Def Def // its code begins with "own."
}

// Define records a definition. Only an administrator may; what was defined before stays as it was.
// Errors: Denied, Invalid beside the field, Conflict (the key was used for something else).
func (c *Catalogue) Define(ctx context.Context, store *db.DB, a actor.Actor, cmd Define) (d Def, err error) {
	err = store.Update(ctx, a.Town, func(tx *db.Tx) error {
		d, err = c.DefineIn(ctx, tx, a, cmd)
		return err
	})
	return d, err
}

// DefineIn is Define within tx.
func (c *Catalogue) DefineIn(ctx context.Context, tx *db.Tx, a actor.Actor, cmd Define) (Def, error) {
	if !a.Is(actor.Admin) {
		return Def{}, errs.New(errs.Denied, "error.denied")
	}
	d := cmd.Def
	d.Version = 0
	digest, err := journal.Digest(d)
	if err != nil {
		return Def{}, err
	}
	if version, seen, err := journal.Once(ctx, tx, cmd.Key, digest); err != nil {
		return Def{}, err
	} else if seen {
		return defined(ctx, tx, d.Code, version)
	}
	err = tx.Row(ctx, `SELECT COALESCE(max(version), 0) FROM figure_defs WHERE town_id = $1 AND code = $2`, d.Code).Scan(&d.Version)
	if err != nil {
		return Def{}, fmt.Errorf("number definition %s: %w", d.Code, err)
	}
	d.Version++
	if !strings.HasPrefix(d.Code, ownPrefix) {
		return Def{}, errs.Field("code", "figures.code_own")
	}
	if err := c.checkDef(d); err != nil {
		return Def{}, err
	}
	body, err := json.Marshal(d)
	if err != nil {
		return Def{}, fmt.Errorf("write definition %s: %w", d.Code, err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO figure_defs (town_id, code, version, body, actor_id, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		d.Code, d.Version, string(body), a.Person, tx.Now.UnixMilli())
	if err != nil {
		return Def{}, fmt.Errorf("put definition %s: %w", d.Code, err)
	}
	e, err := journal.Append(ctx, tx, journal.Event{Kind: "figure", Record: d.Code, N: int64(d.Version), Type: "defined", Actor: a.Person, Payload: d})
	if err != nil {
		return Def{}, err
	}
	return d, journal.Remember(ctx, tx, cmd.Key, digest, e, strconv.Itoa(d.Version))
}

// defined returns a version as it was recorded.
func defined(ctx context.Context, tx *db.Tx, code, version string) (d Def, err error) {
	n, err := strconv.Atoi(version)
	if err != nil {
		return Def{}, fmt.Errorf("read version of %s: %w", code, err)
	}
	var body string
	err = tx.Row(ctx, `SELECT body FROM figure_defs WHERE town_id = $1 AND code = $2 AND version = $3`, code, n).Scan(&body)
	if err == nil {
		err = json.Unmarshal([]byte(body), &d)
	}
	if err != nil {
		return Def{}, fmt.Errorf("read definition %s version %d: %w", code, n, err)
	}
	return d, nil
}

// town returns the catalogue with the newest versions of the town's own definitions. One that this version of the
// program cannot read is kept apart: asking for it fails, everything else works.
func (c *Catalogue) town(ctx context.Context, tx *db.Tx) (*Catalogue, error) {
	out := &Catalogue{sources: c.sources, formulas: c.formulas, defs: maps.Clone(c.defs), memo: c.memo, watch: c.watch, broken: map[string]error{}}
	err := tx.Each(ctx, func(r *sql.Rows) error {
		var code, body string
		var version int
		if err := r.Scan(&code, &version, &body); err != nil {
			return err
		}
		var d Def
		err := json.Unmarshal([]byte(body), &d)
		if err == nil && (d.Code != code || d.Version != version) {
			err = fmt.Errorf("it calls itself %s version %d", d.Code, d.Version)
		}
		if err == nil {
			err = c.checkDef(d)
		}
		delete(out.broken, code)
		delete(out.defs, code)
		if err != nil {
			out.broken[code] = fmt.Errorf("read definition %s version %d: %v", code, version, err) // %v: not the asker's fault
			return nil
		}
		out.defs[code] = d
		return nil
	}, `SELECT code, version, body FROM figure_defs WHERE town_id = $1 ORDER BY code, version`)
	if err != nil {
		return nil, fmt.Errorf("read definitions: %w", err)
	}
	return out, nil
}
