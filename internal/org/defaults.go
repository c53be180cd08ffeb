package org

import "yanming/internal/i18n"

// defaultCategories are what a new town starts with: the first words of the resident's page. A town adds its own
// second and third level.
func defaultCategories() []Category {
	cs := []Category{
		{Code: "road_light", Name: i18n.Pair{ZH: "道路路灯", EN: "Roads and street lamps"}},
		{Code: "water", Name: i18n.Pair{ZH: "饮水灌溉", EN: "Drinking water and irrigation"}},
		{Code: "house", Name: i18n.Pair{ZH: "房屋安全", EN: "Safety of houses"}},
		{Code: "insurance", Name: i18n.Pair{ZH: "医保社保", EN: "Health and social insurance"}},
		{Code: "school", Name: i18n.Pair{ZH: "上学", EN: "Schools"}},
		{Code: "service", Name: i18n.Pair{ZH: "办事难", EN: "Trouble at the counter"}},
		{Code: "land", Name: i18n.Pair{ZH: "土地宅基地", EN: "Land and homesteads"}},
		{Code: "allowance", Name: i18n.Pair{ZH: "低保救助", EN: "Allowances and relief"}},
		{Code: "conduct", Name: i18n.Pair{ZH: "村务财务、干部作风", EN: "Village accounts and conduct of officials"}, Confide: true},
		{Code: "environment", Name: i18n.Pair{ZH: "环境卫生", EN: "Environment and sanitation"}},
		{Code: "neighbours", Name: i18n.Pair{ZH: "邻里纠纷", EN: "Disputes between neighbours"}},
		{Code: "other", Name: i18n.Pair{ZH: "其他", EN: "Something else"}},
	}
	for i := range cs {
		cs[i].Chip, cs[i].Ord = true, int64(10*(i+1))
	}
	return cs
}
