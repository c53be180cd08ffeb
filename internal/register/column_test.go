package register

import (
	"testing"

	"yanming/internal/i18n"
)

func TestTheColumnOfReturnIsKnownAgain(t *testing.T) {
	cat, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for i, lang := range []i18n.Lang{i18n.ZH, i18n.EN} {
		if says := cat.T(lang, "import.column"); returnColumn[i] != says {
			t.Errorf("%s is called %q", lang, says)
		}
	}
}
