// Sets the page's language and translates what Streamlit itself still says in English. Words of people
// (text, tables, options) are left alone: only exact matches of the list below, outside of written content.
(() => {
  "use strict";

  const ZH = {
    "Upload": "上传", "Browse files": "选择文件", "Upload files": "上传文件", "Upload file": "上传文件",
    "Drag and drop file here": "把文件拖到这里", "Drag and drop files here": "把文件拖到这里",
    "Take Photo": "拍照", "Clear photo": "清除照片", "Switch camera": "切换摄像头",
    "This app would like to use your camera.": "本页需要使用摄像头。", "Learn how to allow access.": "如何允许使用",
    "Choose options": "请选择", "Choose an option": "请选择", "Select an option": "请选择",
    "No results": "没有结果", "No options to select": "没有可选项", "No options to select.": "没有可选项",
    "Select all": "全选", "Clear all": "全部清除", "Clear value": "清除", "Clear": "清除", "Remove": "移除",
    "Add row": "添加一行", "Add rows": "添加行", "Delete row(s)": "删除行", "Delete rows": "删除行",
    "Clear selection": "取消选择", "Search": "搜索", "Type to search": "输入以搜索",
    "Fullscreen": "全屏", "Close fullscreen": "退出全屏", "Exit fullscreen": "退出全屏",
    "Show/hide columns": "显示或隐藏列", "Download as CSV": "下载 CSV", "Download": "下载",
    "Sort ascending": "升序", "Sort descending": "降序", "Autosize": "自动列宽", "Pin column": "固定此列",
    "Unpin column": "取消固定", "Hide column": "隐藏此列", "Format": "格式", "Statistics": "统计",
    "Close": "关闭", "Close dialog": "关闭", "Dismiss": "关闭", "OK": "好", "Cancel": "取消",
    "Show data": "显示数据", "Show chart": "显示图表", "View fullscreen": "全屏查看",
    "Running...": "正在运行…", "Running": "正在运行", "Stop": "停止", "Rerun": "重新运行", "Print": "打印",
    "Settings": "设置", "Record a screencast": "录制屏幕", "About": "关于", "Clear cache": "清除缓存",
    "Connecting": "正在连接", "Connecting...": "正在连接…", "Connection error": "连接中断",
    "Is Streamlit still running?": "服务器没有回应，正在重试。", "Page not found": "没有这个页面",
    "Running the app's default page.": "已打开首页。", "Error": "错误", "Warning": "提醒",
    "Press Enter to apply": "按回车应用", "Press Enter to submit form": "按回车提交",
    "Press Ctrl+Enter to apply": "按 Ctrl+回车应用", "Press Ctrl+Enter to submit form": "按 Ctrl+回车提交",
    "Show password": "显示密码", "Hide password": "隐藏密码", "Navigate to home page": "回到首页",
    "App pages": "页面", "Link to heading": "本节链接", "Open": "打开", "file upload": "上传文件",
    "Show password text": "显示密码", "Hide password text": "隐藏密码",
    "View more": "展开", "View less": "收起", "Skip to main content": "跳到正文",
    "Main menu": "主菜单", "Open sidebar": "打开侧栏", "Close sidebar": "收起侧栏",
    "Expand sidebar": "打开侧栏", "Collapse sidebar": "收起侧栏", "Sidebar": "侧栏", "Logo": "标志",
    "Previous page": "上一页", "Next page": "下一页", "Previous": "上一个", "Next": "下一个",
    "Previous month": "上个月", "Next month": "下个月", "Go to previous month": "上个月",
    "Go to next month": "下个月", "Select a date.": "请选择日期", "Select time": "请选择时间",
    "Increment": "增加", "Decrement": "减少", "Increment value": "增加", "Decrement value": "减少",
    "Copy to clipboard": "复制", "Copied": "已复制", "Copy link": "复制链接", "Loading...": "正在载入…",
    "Loading": "正在载入", "Loading page": "正在载入", "empty": "空", "None": "无", "Help": "说明",
    "Submit": "提交", "Yes": "是", "No": "否", "Today": "今天",
    "Download as PNG": "下载 PNG", "Download as SVG": "下载 SVG", "Copy Vega-Lite spec": "复制图表定义",
    "Pagination": "翻页", "Clear entry": "清除", "Selected values": "已选项", "Choose date": "选择日期", "Choose date and time": "选择日期和时间", "Choose time": "选择时间",
  };
  function inDigits(words) {
    const day = new Date(words.replace(" at ", " "));
    if (Number.isNaN(day.getTime())) return words;
    const time = / at /.test(words) ? " " + day.toTimeString().slice(0, 5) : "";
    return `${day.getFullYear()}年${day.getMonth() + 1}月${day.getDate()}日${time}`;
  }

  const PARTS = { year: "年", month: "月", day: "日", hour: "时", minute: "分", second: "秒" };
  const PATTERNS = [
    [/^(?:Limit )?(\d+(?:\.\d+)?\s?[KMG]B) per file(?: • (.+))?$/, (m) => `每个文件不超过 ${m[1]}${m[2] ? " • " + m[2] : ""}`],
    [/^Showing page (\d+) of (\d+)$/, (m) => `第 ${m[1]} 页，共 ${m[2]} 页`],
    [/^Page (\d+) of (\d+)$/, (m) => `第 ${m[1]} 页，共 ${m[2]} 页`],
    [/^Go to page (\d+)$/, (m) => `第 ${m[1]} 页`],
    [/^Remove (.+)$/, (m) => `移除 ${m[1]}`],
    [/^You can only select up to (\d+) options?\. Remove an option first\.$/, (m) => `最多选 ${m[1]} 项，请先移除一项。`],
    [/^(?:File must be|Max) (\d+(?:\.\d+)?\s?[KMG]B) or smaller\.$/, (m) => `文件不能超过 ${m[1]}。`],
    [/^Help for (.+)$/, (m) => `${m[1]}：说明`],
    [/^Page (\d+)$/, (m) => `第 ${m[1]} 页`],
    [/^Selected (?:Date|Time|Range): (.+)$/, (m) => `已选：${m[1].split(/ (?:–|-|to) /).map(inDigits).join("至")}`],
    // A toolbar's button, named after what it belongs to; a part of a date field; an icon in a text.
    [/^([A-Z][A-Za-z/ -]+): (.+)$/, (m) => (Object.hasOwn(ZH, m[1]) ? `${ZH[m[1]]}：${m[2]}` : null)],
    [/^(year|month|day|hour|minute|second), (.+)$/, (m) => `${m[2]}：${PARTS[m[1]]}`],
    [/^[a-z0-9_]+ icon$/, () => "图标"],
  ];
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt", "aria-roledescription"];
  const WRITTEN = [
    "stMarkdownContainer", "stText", "stCode", "stJson", "stHtml", "stTable", "stMetric", "stAlertContent",
  ].map((name) => `[data-testid="${name}"]`).join(",") + ",textarea,option,script,style";

  const OWN_BUTTONS = '[data-testid="stFileUploaderDropzone"], [data-testid="stCameraInputButton"]';

  function translated(text) {
    const plain = text.trim();
    if (!plain) return null;
    if (Object.hasOwn(ZH, plain)) return ZH[plain];
    for (const [pattern, say] of PATTERNS) {
      const found = pattern.exec(plain);
      if (found) return say(found);
    }
    return null;
  }

  function translateText(node) {
    const parent = node.parentElement;
    if (!parent || (parent.closest(WRITTEN) && !parent.closest(OWN_BUTTONS))) return;
    const part = PARTS[parent.closest('[role="spinbutton"]')?.dataset.type];
    const said = part && /^[A-Za-z]+$/.test(node.data.trim()) ? part : translated(node.data);
    if (said === null) return;
    node.data = node.data.replace(node.data.trim(), said);
  }

  function translateAttributes(element) {
    if (element.closest('[data-testid="stHtml"]')) return;
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name);
      const said = value === null ? null : translated(value);
      if (said !== null) element.setAttribute(name, said);
    }
  }

  function translateTree(root) {
    if (root.nodeType === Node.TEXT_NODE) return translateText(root);
    if (root.nodeType !== Node.ELEMENT_NODE) return;
    translateAttributes(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.nodeType === Node.TEXT_NODE) translateText(node);
      else translateAttributes(node);
    }
  }

  function watch() {
    const observer = new MutationObserver((changes) => {
      for (const change of changes) {
        if (change.type === "childList") change.addedNodes.forEach(translateTree);
        else if (change.type === "characterData") translateText(change.target);
        else translateAttributes(change.target);
      }
    });
    observer.observe(document.documentElement, {
      subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
    });
    return observer;
  }

  const marks = document.querySelectorAll("[data-linli-language]");
  const language = marks.length ? marks[marks.length - 1].dataset.linliLanguage : "en";
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `linli_language=${language}; path=/; max-age=31536000; samesite=lax${secure}`;
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";

  const before = window.linliWords;
  if (before && before.language === language) return;
  if (before && before.language === "zh") {
    // Streamlit redraws only what changed, so what was translated by hand must be drawn anew.
    before.observer.disconnect();
    window.linliWords = { language };
    location.reload();
    return;
  }
  window.linliWords = { language, observer: null };
  if (language === "zh") {
    translateTree(document.documentElement);
    window.linliWords.observer = watch();
  }
})();
