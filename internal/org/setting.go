package org

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"yanming/internal/actor"
	"yanming/internal/calendar"
	"yanming/internal/db"
	"yanming/internal/errs"
	"yanming/internal/journal"
)

// Setting is the name of something a town settles for itself.
type Setting string

// The settings, with the type of their value.
const (
	OfficeName       Setting = "office_name"       // string: who signs letters and receives people
	OfficeAddress    Setting = "office_address"    // string
	OfficePhone      Setting = "office_phone"      // string
	SupervisionPhone Setting = "supervision_phone" // string: stands on every board beside 12345 and 12388
	OfficeHours      Setting = "office_hours"      // calendar.Hours: what working hours count
	SMS              Setting = "sms"               // bool: residents may be sent text messages
	ShowEnglish      Setting = "show_english"      // bool: residents see the language switch
	CompareVillages  Setting = "compare_villages"  // bool: 各村意见办理情况; only a leader switches it on
	DefaultUnit      Setting = "default_unit"      // unit id: who receives what nobody is named for
	Confidants       Setting = "confidants"        // person ids: who is named to read cases in confidence
	RulesConfirmed   Setting = "rules_confirmed"   // bool: the shipped deadlines were looked at
)

// Settings are a town's settings as they hold now; the zero Settings are what ships.
type Settings struct {
	OfficeName       string
	OfficeAddress    string
	OfficePhone      string
	SupervisionPhone string
	Hours            calendar.Hours
	SMS              bool
	ShowEnglish      bool
	Comparison       Comparison
	DefaultUnit      string
	Confidants       []string
	RulesConfirmed   bool
}

// Comparison says whether villages are compared on what residents feel, who decided so and when.
type Comparison struct {
	On        bool
	DecidedBy string // person; "" while it was never decided
	At        time.Time
}

// Set settles one thing. Value is of the setting's type.
type Set struct {
	Key   journal.Key `json:"-"`
	Name  Setting
	Value any
}

// Set is SetIn in a transaction of its own.
func (s *Service) Set(ctx context.Context, a actor.Actor, c Set) (string, error) {
	return update(ctx, s, a, c, s.SetIn)
}

// SetIn settles one thing from now on; every earlier value stays with its time and author. An administrator may, but
// comparing villages is switched on by a leader alone, and nobody but a leader names himself a confidant.
// Errors: Invalid with the setting's name as field, Denied.
func (s *Service) SetIn(ctx context.Context, tx *db.Tx, a actor.Actor, c Set) (string, error) {
	leader := a.System || a.Is(actor.Leader)
	may := managing(a) || leader && (c.Name == CompareVillages || c.Name == Confidants)
	return do(ctx, tx, a, may, c.Key, c, func() (string, []fact, error) {
		var now Settings
		value, err := json.Marshal(c.Value)
		if err != nil {
			return "", nil, fmt.Errorf("set %s: %w", c.Name, err)
		}
		if err := now.take(c.Name, value, who(a), tx.Now); err != nil {
			return "", nil, err
		}
		value, err = now.check(c.Name)
		if err != nil {
			return "", nil, err
		}
		switch c.Name {
		case CompareVillages:
			if now.Comparison.On && !leader {
				return "", nil, errs.New(errs.Denied, "org.compare.leader")
			}
		case DefaultUnit:
			if err := exists(ctx, tx, string(c.Name), liveUnit, now.DefaultUnit); err != nil {
				return "", nil, err
			}
		case Confidants:
			if !leader && slices.Contains(now.Confidants, a.Person) {
				return "", nil, errs.New(errs.Denied, selfKey)
			}
			for _, p := range now.Confidants {
				if err := exists(ctx, tx, string(c.Name), anyPerson, p); err != nil {
					return "", nil, err
				}
			}
		}
		var n int64
		if err := tx.Row(ctx, `SELECT COALESCE(max(n), 0) FROM settings WHERE town_id = $1 AND key = $2`, string(c.Name)).Scan(&n); err != nil {
			return "", nil, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO settings (town_id, key, n, value, actor_id, since) VALUES ($1, $2, $3, $4, $5, $6)`,
			string(c.Name), n+1, string(value), who(a), tx.Now.UnixMilli())
		return string(c.Name), []fact{{"settings", string(c.Name), n + 1, "setting_changed", json.RawMessage(value)}}, err
	})
}

// field returns where a setting's value stands. Comparison is read through its On.
func (s *Settings) field(name Setting) any {
	switch name {
	case OfficeName:
		return &s.OfficeName
	case OfficeAddress:
		return &s.OfficeAddress
	case OfficePhone:
		return &s.OfficePhone
	case SupervisionPhone:
		return &s.SupervisionPhone
	case OfficeHours:
		return &s.Hours
	case SMS:
		return &s.SMS
	case ShowEnglish:
		return &s.ShowEnglish
	case CompareVillages:
		return &s.Comparison.On
	case DefaultUnit:
		return &s.DefaultUnit
	case Confidants:
		return &s.Confidants
	case RulesConfirmed:
		return &s.RulesConfirmed
	}
	return nil
}

// take reads a stored or given value into its place. Errors: Invalid for a value of another type.
func (s *Settings) take(name Setting, value []byte, by string, at time.Time) error {
	to := s.field(name)
	if to == nil {
		return fmt.Errorf("%q is no setting", name)
	}
	if bytes.Equal(value, []byte("null")) {
		return errs.Field(string(name), "error.required")
	}
	if err := json.Unmarshal(value, to); err != nil {
		if len(errs.All(err)) > 0 { // office hours say themselves what is wrong
			return errs.Field(string(name), errs.All(err)[0].Key)
		}
		return errs.Field(string(name), "error.choice")
	}
	if name == CompareVillages {
		s.Comparison.DecidedBy, s.Comparison.At = by, at
	}
	return nil
}

// check cleans the value just taken and returns it as it is stored.
func (s *Settings) check(name Setting) ([]byte, error) {
	var bad errs.List
	switch v := s.field(name).(type) {
	case *string:
		switch name {
		case OfficePhone, SupervisionPhone:
			phone(&bad, string(name), v)
		default:
			word(&bad, string(name), v, maxText, false)
		}
	case *[]string:
		*v = slices.Compact(slices.Sorted(slices.Values(*v)))
		if *v == nil {
			*v = []string{}
		}
		if slices.Contains(*v, "") {
			bad.Add(string(name), "error.choice")
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	return json.Marshal(s.field(name))
}

// loadSettings returns the settings that hold now.
func loadSettings(ctx context.Context, tx *db.Tx) (s Settings, err error) {
	err = tx.Each(ctx, func(r *sql.Rows) error {
		var name Setting
		var value, by string
		var since int64
		if err := r.Scan(&name, &value, &by, &since); err != nil {
			return err
		}
		return s.take(name, []byte(value), by, time.UnixMilli(since)) // a later row of a name follows an earlier one
	}, `SELECT key, value, actor_id, since FROM settings WHERE town_id = $1 ORDER BY key, n`)
	if err != nil {
		return Settings{}, fmt.Errorf("read settings: %w", err)
	}
	return s, nil
}
