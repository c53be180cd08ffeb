package demo

import "yanming/internal/geo"

// place is how a county or town of the demo is made up.
type place struct {
	code, name  string
	number      int // of its telephones
	office      string
	address     string
	villages    []string
	parts       int // grids below the villages' own
	centre      geo.Point
	radius      int64 // metres
	departments []department
	teams       []department
	leading     string // the leadership's unit
	leaders     []leader
	branches    []string // besides the villages'
	branchHeads []string // departments whose first person leads them
	firms       []firm
	visitor     string // title of the county's leader with a contact point here, "" for none
}

// department is a unit of the town with the people who work in it.
type department struct {
	key, name string
	people    []official
}

// official is a post of a department, and by what key stories and logins know its holder.
type official struct {
	key, title, role string
}

// leader is one of the leaders, in order of rank, with the departments he is in charge of.
type leader struct {
	key, title string
	of         []string
}

// firm is a settled firm and its village, counted from 1.
type firm struct {
	name    string
	village int
}

// Part grids a village has.
const fewest, most = 3, 5

func county() place {
	return place{code: County, name: "雁县", number: 2, office: "雁县社会工作联席会议办公室", address: "雁县人民路甲1号",
		departments: []department{
			{"joint", "社会工作联席会议办公室", []official{{"officer", "受理专员", "county_officer"}, {"officer2", "受理专员", "county_officer"}, {"viewer", "统计员", "county_viewer"}}},
			{"clerks", "县政务服务中心", []official{{"admin", "系统管理员", "admin"}}},
		}}
}

func southTown() place {
	return place{code: Town, name: "雁南镇", number: 0, office: "雁南镇便民服务中心", address: "雁南镇鸿雁街甲6号",
		villages: []string{"荻花洲村", "苇桥村", "归雁村", "鹭坡村", "沙禾村", "长堰村", "杏台村", "桑榆村", "石梁沿村", "麦浪村",
			"青槐村", "菱歌村", "东篱村", "鹤滩村", "谷雨村", "棠梨沟村", "荷渚村", "月堰村", "竹笕村"},
		parts:  68,
		centre: openSea(0), radius: 6800,
		departments: []department{
			{"office", "党政办公室", []official{{"office", "主任", "handler"}, {"admin", "系统管理员", "admin"}, {"auditor", "审计员", "auditor"}}},
			{"hall", "便民服务中心", []official{{"intake", "受理员", "intake"}, {"intake2", "受理员", "intake"}}},
			{"petition", "信访办公室", []official{{"petition", "信访专干", "petition"}}},
			{"discipline", "纪检监察办公室", []official{{"discipline", "干事", "handler"}}},
			{"water", "水利站", []official{{"water", "站长", "handler"}, {"water2", "技术员", "handler"}}},
			{"roads", "村镇建设和交通管理办公室", []official{{"roads", "主任", "handler"}, {"roads2", "办事员", "handler"}}},
			{"land", "自然资源所", []official{{"land", "所长", "handler"}}},
			{"civil", "民政办公室", []official{{"civil", "主任", "handler"}, {"civil2", "办事员", "handler"}}},
			{"social", "社会保障服务所", []official{{"social", "所长", "handler"}}},
			{"farm", "农业农村办公室", []official{{"farm", "主任", "handler"}}},
			{"clean", "环境卫生管理站", []official{{"clean", "站长", "handler"}}},
			{"power", "供电所", []official{{"power", "所长", "handler"}}},
			{"clinic", "卫生院", []official{{"clinic", "院办主任", "handler"}}},
			{"school", "中心校", []official{{"school", "教办主任", "handler"}}},
			{"legal", "司法所", []official{{"legal", "所长", "handler"}}},
			{"police", "派出所联络室", []official{{"police", "联络员", "handler"}}},
			{"project", "重点项目服务办公室", []official{{"project", "主任", "handler"}}},
			{"call", "群众监督员联络站", []official{{"caller", "回访员", "caller"}, {"caller2", "回访员", "caller"}, {"caller3", "回访员", "caller"}}},
		},
		teams: []department{
			{"general", "活动办公室综合组", []official{{"general", "组长", "general"}, {"general2", "组员", "general"}}},
			{"publicity", "活动办公室宣传组", []official{{"publicity", "组长", "publicity"}, {"publicity2", "组员", "publicity"}}},
			{"inspection", "活动办公室督查组", []official{{"inspection", "组长", "inspection"}, {"inspection2", "组员", "inspection"}}},
		},
		leading: "走访听民声活动领导小组",
		leaders: []leader{
			{"first", "党委书记", []string{"office"}},
			{"mayor", "镇长", []string{"project", "land"}},
			{"congress", "人大主席", nil},
			{"deputy", "党委副书记", []string{"petition", "legal"}},
			{"steward", "纪委书记", []string{"discipline"}},
			{"standing", "常务副镇长", []string{"hall", "roads"}},
			{"vice1", "副镇长", []string{"water", "farm", "power"}},
			{"vice2", "副镇长", []string{"civil", "social", "clinic"}},
			{"press", "宣传委员", []string{"school"}},
			{"guard", "武装部长", []string{"police", "clean"}},
		},
		branches:    []string{"机关第一党支部", "机关第二党支部", "中心校党支部", "卫生院党支部", "供电所党支部", "企业联合党支部", "离退休党支部"},
		branchHeads: []string{"office", "roads", "school", "clinic", "power", "project", "civil"},
		firms: []firm{
			{"雁羽纺织厂", 1}, {"荻花纸品厂", 1}, {"苇桥面粉厂", 2}, {"归雁食品厂", 3}, {"鸿书印刷厂", 3}, {"鹭坡果品合作社", 4},
			{"沙禾花生油坊", 5}, {"长堰建材厂", 6}, {"杏台酱菜厂", 7}, {"桑榆蚕丝厂", 8}, {"石梁沿石料厂", 9}, {"麦浪农机修理厂", 10},
			{"麦浪种业公司", 10}, {"青槐木器厂", 11}, {"菱歌水产合作社", 12}, {"东篱菊花茶厂", 13}, {"鹤滩游船公司", 14},
			{"谷雨茶叶合作社", 15}, {"棠梨沟罐头厂", 16}, {"荷渚藕粉厂", 17}, {"竹笕竹编合作社", 19}},
		visitor: "副县长",
	}
}

func northTown() place {
	return place{code: Small, name: "雁北镇", number: 1, office: "雁北镇便民服务中心", address: "雁北镇芦花街甲2号",
		villages: []string{"蓼花村", "汀兰村", "听雨村", "秋禾村"},
		parts:    13,
		centre:   openSea(1), radius: 3000,
		departments: []department{
			{"hall", "便民服务中心", []official{{"intake", "受理员", "intake"}, {"admin", "系统管理员", "admin"}, {"petition", "信访专干", "petition"}}},
			{"water", "水利站", []official{{"water", "站长", "handler"}}},
			{"roads", "村镇建设办公室", []official{{"roads", "主任", "handler"}}},
			{"civil", "民政办公室", []official{{"civil", "主任", "handler"}}},
			{"call", "群众监督员联络站", []official{{"caller", "回访员", "caller"}}},
		},
		leading: "领导班子",
		leaders: []leader{
			{"first", "党委书记", []string{"hall"}}, {"mayor", "镇长", []string{"roads"}}, {"vice1", "副镇长", []string{"water", "civil"}},
		},
	}
}

// openSea is where the towns of the demo are drawn: on open water, so that their borders are nobody's.
func openSea(n int64) geo.Point {
	return geo.Point{Lon: 1195000000, Lat: 384000000 + n*1300000}
}

// usualUnits says who usually handles a category.
func usualUnits() map[string]string {
	return map[string]string{"road_light": "roads", "water": "water", "house": "roads", "insurance": "social", "school": "school", "service": "hall",
		"land": "land", "allowance": "civil", "conduct": "discipline", "environment": "clean", "neighbours": "legal", "other": "office"}
}
