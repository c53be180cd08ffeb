package db

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"yanming/internal/errs"
)

// greeting is how long PostgreSQL may take to answer a first connection. A machine that is off answers nothing at all.
const greeting = 10 * time.Second

// greet connects to PostgreSQL for the first time.
func (d *DB) greet(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, greeting)
	defer cancel()
	err := d.write.PingContext(limited)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", errs.New(errs.Unavailable, storeUnreached, SafeSource(d.source), "no answer within "+greeting.String()), err)
	}
	return turnedAway(d.source, err)
}

// storeUnreached is storeAway of somebody who has not been there yet, with where and why.
const storeUnreached = "db.unreached"

// turnedAway says of a first connection to PostgreSQL that failed what is to be done: some of it mends itself while one
// waits, the rest does not. Errors: Unavailable db.unreached; Invalid db.address, db.unknown, db.denied, db.handshake.
func turnedAway(source string, err error) error {
	var unreadable *pgconn.ParseConfigError
	var answer *pgconn.PgError
	mean := func(kind errs.Kind, key string, args ...any) error {
		return fmt.Errorf("%w: %w", errs.New(kind, key, append([]any{SafeSource(source)}, args...)...), err)
	}
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &unreadable):
		return errs.New(errs.Invalid, "db.address", SafeSource(source)) // its own words may repeat a password
	case errors.As(err, &answer) && answer.Code == "3D000": // invalid_catalog_name
		return mean(errs.Invalid, "db.unknown")
	case answer != nil && strings.HasPrefix(answer.Code, "28"): // invalid_authorization
		return mean(errs.Invalid, "db.denied", answer.Message)
	case answer == nil && isHandshake(err):
		return mean(errs.Invalid, "db.handshake", reason(err))
	case trouble(err) == storeAway:
		return mean(errs.Unavailable, storeUnreached, reason(err))
	}
	return err
}

// isHandshake reports whether the server was reached and no connection came of it all the same: TLS that one of the two does
// not want, a certificate that is not believed.
func isHandshake(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) && !errors.As(err, &network) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
}

// Unreached reports whether err is that PostgreSQL cannot be reached, which waiting may mend, and says why in the words of
// the system.
func Unreached(err error) (why string, is bool) {
	for _, e := range errs.All(err) {
		if e.Key == storeUnreached || e.Key == storeAway {
			return reason(err), true
		}
	}
	return "", false
}

// reason is why a connection failed, in few words: the driver repeats address and user for each of its tries.
func reason(err error) string {
	var answer *pgconn.PgError
	var name *net.DNSError
	var network *net.OpError
	switch {
	case errors.As(err, &answer):
		return answer.Message
	case errors.As(err, &name):
		return name.Err
	case errors.As(err, &network):
		return network.Err.Error()
	}
	text := strings.TrimSpace(err.Error())
	text = text[strings.LastIndexByte(text, '\n')+1:]
	return strings.TrimSpace(text[strings.LastIndex(text, ": ")+1:])
}
