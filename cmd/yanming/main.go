// Command yanming receives, handles, answers and counts what a town's residents say. It is the one program of the
// project: it serves the pages, fills a demo, imports ledgers, prints figures and reports, and checks itself.
//
// It only wires: every rule lives in a package under internal. Exit codes: 0 done, 1 a check failed, 2 usage or
// unreadable input.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"yanming/internal/daemon"
	"yanming/internal/errs"
	"yanming/internal/i18n"
)

// Exit codes that scripts rely on.
const (
	exitDone   = 0
	exitFailed = 1 // a check failed, or something broke
	exitUsage  = 2 // wrong words, or input that cannot be read
)

// commands is the command line as kong reads it.
type commands struct {
	Serve    serveCmd      `cmd:"" help:"Serve the pages. An empty folder is led through its first steps. / 启动服务，空目录会引导初次设置。"`
	Demo     demoCmd       `cmd:"" help:"Fill a fictional county and serve it. / 建一个虚构的县，马上能点开看。"`
	Import   importCmd     `cmd:"" help:"Bring in ledgers. / 导入旧台账。"`
	Figures  figuresCmd    `cmd:"" help:"Print figures. / 打印指标。"`
	Evidence evidenceCmd   `cmd:"" help:"Print the records behind a figure. / 打印一个数字背后的记录。"`
	Report   reportCmd     `cmd:"" help:"Write the weekly report. / 出周报。"`
	Check    checkCmd      `cmd:"" help:"Fold every case again, count every figure again, compare. / 重新推演、重新计数、逐一核对。"`
	Bench    benchCmd      `cmd:"" help:"Measure this program against floors and a peer of the same run. / 测速，与同一轮的下限和对照程序相比。"`
	Floor    floorCmd      `cmd:"" name:"bench-floor" hidden:""`
	Backup   backupCmd     `cmd:"" help:"Write a backup into one file while the program runs; never copy the database file instead. The keys are not in it: they have keys export. / 运行中备份成一个文件。不要直接复制数据库文件；密钥不在里面，另用 keys export。"`
	Restore  restoreCmd    `cmd:"" help:"Bring a backup back: it is read, loaded beside and checked before it replaces anything, and what was there is kept. / 恢复备份：先核对，再替换，原有数据保留。"`
	Copy     copyCmd       `cmd:"" help:"Move an installation between SQLite and PostgreSQL. / 在 SQLite 与 PostgreSQL 之间搬家。"`
	Noted    noteBackupCmd `cmd:"" name:"backup-note" hidden:""`
	Keys     keysCmd       `cmd:"" help:"Export or import the keys. / 导出或导入密钥。"`
	User     userCmd       `cmd:"" help:"Accounts. / 账号。"`
	Town     townCmd       `cmd:"" help:"Towns. / 乡镇。"`
	Doctor   doctorCmd     `cmd:"" help:"Look at disk, clock, keys, database and say what to do. / 检查运行状况，说出该做什么。"`
	Version  versionCmd    `cmd:"" help:"Say which program this is. / 版本。"`
	Service  serviceCmd    `cmd:"" help:"Run as a service of the machine. / 作为系统服务运行。"`
	Options  optionsCmd    `cmd:"" help:"List every option and where it may be given. / 列出全部选项。"`
}

// shell is what a command runs in: where it writes and in which language it speaks.
type shell struct {
	out, err io.Writer
	cat      *i18n.Catalogue
	lang     i18n.Lang
	options  *options
	caller   caller // nil: this process
}

// secret returns an option that has no flag, from the environment or the file; "" when neither gives it.
func (s shell) secret(name string) (string, error) {
	if s.options == nil {
		return "", nil
	}
	return s.options.value(name)
}

func (s shell) say(key string, args ...any) { fmt.Fprintln(s.out, s.cat.T(s.lang, key, args...)) }

// env returns a variable of the environment.
func (s shell) env(name string) string {
	if s.options == nil {
		return ""
	}
	return s.options.env(name)
}

func main() {
	if code, managed := daemon.Managed(os.Args[1:], func(ctx context.Context, says io.Writer) int { return run(ctx, os.Args[1:], says, says, os.Getenv) }); managed {
		os.Exit(code)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(code)
}

// run is main without the process around it.
func run(ctx context.Context, args []string, out, errOut io.Writer, env func(string) string) int {
	cat, err := i18n.Load()
	if err != nil {
		fmt.Fprintln(errOut, err)
		return exitFailed
	}
	sh := shell{out: out, err: errOut, cat: cat, lang: language(env), options: &options{env: env}}
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("yanming"), kong.Description("雁鸣 · Yanming"), kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }), kong.UsageOnError(), kong.PostBuild(bindOptions), kong.Resolvers(sh.options),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(sh))
	if err != nil {
		fmt.Fprintln(errOut, err)
		return exitFailed
	}
	k, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err == nil {
		err = checkFlags(k)
	}
	if len(errs.All(err)) > 0 {
		return sh.fail(err)
	}
	if err != nil {
		fmt.Fprintf(errOut, "yanming: %v\n%s\n", err, cat.T(sh.lang, "cli.help"))
		return exitUsage
	}
	if w, ok := k.Selected().Target.Addr().Interface().(work); ok {
		err = sh.through(ctx, commandName(k.Selected()), w)
	} else {
		err = k.Run()
	}
	if err != nil {
		return sh.fail(err)
	}
	return exitDone
}

// errCheck is the failure of a check that has already said what is wrong.
var errCheck = errors.New("check failed")

// fail says what went wrong in the user's language and returns the exit code.
func (s shell) fail(err error) int {
	if errors.Is(err, errCheck) {
		return exitFailed
	}
	if code := exitCode(0); errors.As(err, &code) {
		return int(code)
	}
	all := errs.All(err)
	if len(all) == 0 {
		if said := pathTrouble(err); said != nil {
			e := errs.All(said)[0]
			fmt.Fprintf(s.err, "yanming: %s\n", s.cat.T(s.lang, e.Key, e.Args...))
		} else {
			fmt.Fprintf(s.err, "yanming: %v\n", err)
		}
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
			return exitUsage
		}
		return exitFailed
	}
	if errs.Is(err, errs.Unavailable) { // what a resident is told is of no use here
		fmt.Fprintf(s.err, "yanming: %s\n", strings.Join(s.advice(err), "\n"))
		if len(all[0].Args) == 0 { // else the sentence has said what it was
			fmt.Fprintf(s.err, "(%s)\n", strings.ReplaceAll(err.Error(), all[0].Error()+": ", ""))
		}
		return exitFailed
	}
	for _, e := range all {
		text := s.cat.T(s.lang, e.Key, e.Args...)
		if e.Field != "" {
			text = e.Field + ": " + text
		}
		fmt.Fprintf(s.err, "yanming: %s\n", text)
	}
	return exitUsage
}

// language is the user's: Chinese unless the environment asks for English or for no language at all.
func language(env func(string) string) i18n.Lang {
	for _, name := range []string{"YANMING_LANG", "LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			if strings.HasPrefix(v, "C") || strings.HasPrefix(v, "POSIX") {
				return i18n.EN
			}
			lang, _ := i18n.Parse(v)
			return lang
		}
	}
	return i18n.ZH
}
