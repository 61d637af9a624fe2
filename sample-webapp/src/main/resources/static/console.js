const themes = { '': ['◐', 'as the system'], light: ['☀', 'light'], dark: ['☾', 'dark'] }

function showTheme(button) {
	const theme = document.documentElement.dataset.theme ?? ''
	button.hidden = false
	button.firstElementChild.textContent = themes[theme][0]
	button.setAttribute('aria-label', 'Colours: ' + themes[theme][1])
	button.title = 'Colours: ' + themes[theme][1]
}

function nextTheme(button) {
	const names = Object.keys(themes)
	const next = names[(names.indexOf(document.documentElement.dataset.theme ?? '') + 1) % names.length]
	if (next) {
		document.documentElement.dataset.theme = next
		localStorage.setItem('theme', next)
	}
	else {
		delete document.documentElement.dataset.theme
		localStorage.removeItem('theme')
	}
	showTheme(button)
}

function duration(seconds) {
	if (seconds < 120) {
		return seconds + ' s'
	}
	if (seconds < 7200) {
		return Math.floor(seconds / 60) + ' min'
	}
	return seconds < 172800 ? Math.floor(seconds / 3600) + ' h' : Math.floor(seconds / 86400) + ' days'
}

function tick() {
	for (const time of document.querySelectorAll('time[data-ago]')) {
		const past = Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000)
		const text = past < -1 ? 'in ' + duration(-past) : past < 2 ? 'just now' : duration(past) + ' ago'
		if (time.textContent !== text) {
			time.textContent = text
		}
	}
}

function say(word, trouble) {
	const live = document.getElementById('live')
	live.className = 'live ' + (trouble ? 'off' : 'on')
	const text = live.querySelector('.live-word')
	if (text.textContent !== word) {
		text.textContent = word
	}
	const away = document.getElementById('away')
	away.hidden = !trouble
	if (away.textContent !== (trouble ?? '')) {
		away.textContent = trouble ?? ''
	}
}

// What a person has unfolded or holds the focus in stays as it is
function replace(region, fresh) {
	const open = new Set([...region.querySelectorAll('details[open][id]')].map((details) => details.id))
	for (const details of fresh.querySelectorAll('details[id]')) {
		details.open = open.has(details.id)
	}
	const focused = region.contains(document.activeElement) ? document.activeElement : null
	const focusable = 'a, button, input, select, textarea, summary, [tabindex]'
	const place = focused ? [...region.querySelectorAll(focusable)].indexOf(focused) : -1
	region.replaceChildren(...fresh.childNodes)
	if (focused) {
		const again = focused.id ? document.getElementById(focused.id) : region.querySelectorAll(focusable)[place]
		again?.focus({ preventScroll: true })
	}
}

function content(region) {
	return region.innerHTML.replace(/(<time [^>]*>)[^<]*/g, '$1').replace(/ (open=""|name="_csrf" value="[^"]*")/g, '')
}

let waiting = new Set()
let busy = false

async function refresh() {
	if (busy || !waiting.size || document.hidden) {
		return
	}
	const areas = waiting
	waiting = new Set()
	const regions = [...document.querySelectorAll('[data-live]')].filter((region) => areas.has('start')
		|| region.dataset.live.split(' ').some((area) => areas.has(area)))
	if (!regions.length) {
		return
	}
	busy = true
	const started = performance.now()
	try {
		// The answer to a form cannot be fetched again
		const address = document.getElementById('main').dataset.address ?? location.href
		const answer = await fetch(address, { headers: { 'X-Requested-With': 'console' } })
		if (answer.redirected && new URL(answer.url).pathname === '/login') {
			location.reload()
			return
		}
		if (answer.ok) {
			const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
			for (const region of regions) {
				const fresh = page.getElementById(region.id)
				if (fresh && content(fresh) !== content(region)) {
					replace(region, fresh)
				}
			}
			tick()
			say('live')
		}
		else {
			say('waiting', 'The database does not answer. What is shown is what was known before.')
			setTimeout(() => waiting.add('start'), 3000)
		}
	}
	catch {
		say('waiting', 'The console does not answer. What is shown is what was known before.')
	}
	// A page that takes long is fetched less often
	setTimeout(() => {
		busy = false
		refresh()
	}, Math.max(900, 10 * (performance.now() - started)))
}

function watch() {
	const events = new EventSource('/events')
	events.addEventListener('open', () => say('live'))
	events.addEventListener('change', (event) => {
		event.data.split(' ').forEach((area) => waiting.add(area))
		refresh()
	})
	events.addEventListener('error', () => {
		say('waiting', 'The console does not answer. What is shown is what was known before.')
		if (events.readyState === EventSource.CLOSED) {
			setTimeout(watch, 5000)
		}
	})
	addEventListener('pagehide', () => events.close())
}

const themeButton = document.getElementById('theme')
if (themeButton) {
	showTheme(themeButton)
	themeButton.addEventListener('click', () => nextTheme(themeButton))
	setInterval(tick, 1000)
	tick()
	if (document.querySelector('[data-live]')) {
		watch()
		setInterval(() => waiting.add('start') && refresh(), 60000)
		document.addEventListener('visibilitychange', refresh)
	}
}
