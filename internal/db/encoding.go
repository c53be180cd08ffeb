package db

import (
	"context"
	"database/sql"
	"fmt"

	"yanming/internal/errs"
)

// asker is a connection of the driver, or a pool of them.
type asker interface {
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

// encoded refuses a PostgreSQL database in another encoding than UTF8: SQL_ASCII takes any bytes and counts them as
// letters, and the others lack characters that are in people's names. Who only reads is not asked, so that what such a
// database holds already can be taken out of it. Errors: Invalid db.encoding.
func encoded(ctx context.Context, c asker, source string) error {
	var is string
	if err := c.QueryRowContext(ctx, `SELECT current_setting('server_encoding')`).Scan(&is); err != nil {
		return fmt.Errorf("ask for the encoding: %w", err)
	}
	if is != "UTF8" {
		return errs.New(errs.Invalid, "db.encoding", SafeSource(source), is)
	}
	return nil
}
