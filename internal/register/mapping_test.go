package register_test

import (
	"strings"
	"testing"

	"yanming/internal/errs"
	"yanming/internal/register"
	"yanming/internal/sheet"
)

func TestMappingsNameOnlyWhatACaseCanHave(t *testing.T) {
	for name, m := range map[string]string{
		"an unknown field":   `{"columns": {"意见内容": "wealth"}}`,
		"no text":            `{"columns": {"村": "village"}}`,
		"a field twice":      `{"columns": {"意见内容": "text", "反映人": "text"}}`,
		"an unknown system":  `{"columns": {"意见内容": "text"}, "system": "police"}`,
		"an unknown key":     `{"columns": {"意见内容": "text"}, "points": 3}`,
		"an identity column": `{"columns": {"意见内容": "text", "反映人": "identity"}}`,
		"nothing":            `{}`,
	} {
		if _, err := register.DecodeMapping([]byte(m)); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAMappingFitsAHeaderThatHasItsColumns(t *testing.T) {
	h := sheet.Header{Names: []string{"村", "意见内容", "村"}}
	for m, fits := range map[string]bool{
		`{"columns": {"意见内容": "text"}}`:                  true,
		`{"columns": {"意见内容": "text", "#3": "village"}}`: true,
		`{"columns": {"意见内容": "text", "联系人": "name"}}`:   false,
		`{"columns": {"意见内容": "text", "联系人": ""}}`:       true,
	} {
		x, err := register.DecodeMapping([]byte(m))
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Fits(h); errs.Is(err, errs.Invalid) == fits {
			t.Errorf("%s: %v", m, err)
		}
	}
}

func TestColumnsAreKnownByTheirUsualNames(t *testing.T) {
	d := town(t)
	for header, want := range map[string]string{
		"信访编号,来访日期,来访人姓名,家庭住址,联系电话,信访事项,信访类别,接待人,包案领导,承办单位,办理进展,化解情况": "external said name address phone text category note leader unit handling status",
		"序号,日期,户主姓名,出生日期,电话,反映问题,解决措施,完成情况,网格员":                       " said name  phone text handling status note",
		"编号,诉求,处理意见,办理进展,是否答复,答复时间":                                   "external text note handling note answered",
		"问题来源,村组,群众诉求,责任人,责任人电话,整改时限,派单时间,计划完成时间":                     "channel village text leader  due note note",
	} {
		var got []string
		for _, c := range read(t, d, "x.csv", header+"\n"+strings.Repeat("某,", strings.Count(header, ","))+"某\n").plan.Columns {
			got = append(got, string(c.Field))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s", header, strings.Join(got, " "))
		}
	}
}
