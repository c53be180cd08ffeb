package seal

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"yanming/internal/errs"
)

func TestACodeBelongsToItsTownNumberAndGeneration(t *testing.T) {
	k, n := ring(t), Number("101000000197")
	code := k.Code("a", n, 1)
	if len(code) != 6 || code != k.Code("a", n, 1) {
		t.Fatalf("code %q", code)
	}
	if !k.CheckCode("a", n, 1, code) || !k.CheckCode("a", n, 1, " "+code[:3]+"-"+strings.Map(func(r rune) rune { return r - '0' + '０' }, code[3:])) {
		t.Error("the right code was refused")
	}
	for _, wrong := range []string{"", code[:5], code + "0", plus(code, 1) + code[1:], "abcdef"} {
		if k.CheckCode("a", n, 1, wrong) {
			t.Errorf("%q was accepted", wrong)
		}
	}
	// One of three may be equal by chance once in a million; all three never.
	same := 0
	for _, other := range []string{k.Code("b", n, 1), k.Code("a", n, 2), k.Code("a", "101000000294", 1), ring(t).Code("a", n, 1)} {
		if other == code {
			same++
		}
	}
	if same > 1 {
		t.Errorf("%d of 4 other codes are the same", same)
	}
}

func TestCodesAreSpreadEvenly(t *testing.T) {
	k := ring(t)
	var first, last [10]int
	const n = 20000
	for i := range n {
		c := k.Code("a", "1", i)
		first[c[0]-'0']++
		last[c[5]-'0']++
	}
	for d := range 10 { // 2000 expected, standard deviation 42
		if first[d] < 1750 || first[d] > 2250 || last[d] < 1750 || last[d] > 2250 {
			t.Errorf("digit %d: %d first, %d last of %d", d, first[d], last[d], n)
		}
	}
}

func TestASecretIsTheSameForTheSameForm(t *testing.T) {
	k := ring(t)
	s := k.Secret(101, "token")
	if s != k.Secret(101, "token") {
		t.Error("sent twice, two secrets")
	}
	if s == k.Secret(101, "token2") || s == k.Secret(102, "token") || s == ring(t).Secret(101, "token") {
		t.Error("other form, town or key: the same secret")
	}
	if len(s) != 22 || s.Town() != 101 || len(s.Grouped()) != 27 {
		t.Errorf("%q town %d grouped %q", string(s), s.Town(), s.Grouped())
	}
	if got, err := ParseSecret(s.Grouped()); err != nil || got != s {
		t.Errorf("parse: %q %v", got, err)
	}
	for typed, key := range map[string]string{"123": "seal.secret", string(s) + "1": "seal.secret",
		plus(string(s), 1) + string(s[1:]): "seal.secret_check"} {
		if _, err := ParseSecret(typed); len(errs.All(err)) != 1 || errs.All(err)[0].Key != key || errs.All(err)[0].Field != "secret" {
			t.Errorf("%q: %v", typed, err)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "s", s)
	if strings.Contains(log.String(), string(s)) {
		t.Error("the log shows a secret")
	}
}

func TestATagFindsASecretAndDoesNotShowIt(t *testing.T) {
	k := ring(t)
	a, b := k.Secret(101, "a"), k.Secret(101, "b")
	tag := k.SecretTag(a)
	if len(tag) != 32 || !bytes.Equal(tag, k.SecretTag(a)) {
		t.Error("a tag must find its secret again")
	}
	if bytes.Equal(tag, k.SecretTag(b)) || bytes.Equal(tag, ring(t).SecretTag(a)) {
		t.Error("other secret or pepper, same tag")
	}
}

func FuzzParseSecret(f *testing.F) {
	f.Add("101 00000 0000000000000 97")
	f.Add("９９９９")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseSecret(s)
		if (err == nil) == (v == "") {
			t.Fatalf("%q: %q and %v", s, string(v), err)
		}
		if err == nil {
			if again, err := ParseSecret(v.Grouped()); err != nil || again != v {
				t.Fatalf("%q again: %v", s, err)
			}
		}
	})
}
