package brought

import (
	"errors"
	"testing"

	"yanming/internal/errs"
)

func TestListsComeInEveryForm(t *testing.T) {
	for name, text := range map[string]string{
		"from a spreadsheet": "姓名\t单位\t岗位\n林月\t 便民服务中心 \t受理员\n\n",
		"with commas":        "林月，便民服务中心，受理员",
		"with blanks":        "\ufeff林月  便民服务中心 受理员\r\n",
	} {
		got := rows(text)
		if len(got) != 1 || got[0].cell(0) != "林月" || got[0].cell(1) != "便民服务中心" || got[0].cell(2) != "受理员" || got[0].cell(9) != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := rows("柳岸村，，3"); len(got) != 1 || got[0].cell(2) != "3" {
		t.Errorf("an empty cell between: %+v", got)
	}
}

func TestErrorsOfALineAreNamed(t *testing.T) {
	if err := LineError("people", 3, errs.Field("name", "error.required")); errs.All(err)[0].Args[0] != 3 || errs.All(err)[0].Field != "people" {
		t.Error(err)
	}
	broken := errors.New("disk")
	if LineError("people", 3, broken) != broken || LineError("people", 0, errs.Missing()) == nil {
		t.Error("other errors are changed")
	}
}
