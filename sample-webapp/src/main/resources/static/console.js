'use strict';

// Everything an agent or a person wrote is shown with textContent and is never read as HTML.

const page = document.getElementById('console');
const rows = new Map();

function element(name, className, ...children) {
	const made = document.createElement(name);
	if (className) {
		made.className = className;
	}
	made.append(...children.filter((child) => child !== null && child !== undefined));
	return made;
}

function when(label, instant) {
	const time = element('time');
	time.dateTime = instant;
	time.title = new Date(instant).toLocaleString();
	time.dataset.label = label;
	tell(time);
	return time;
}

function span(seconds) {
	const [amount, unit] = seconds < 100 ? [seconds, 's'] : seconds < 6000 ? [seconds / 60, 'min'] : seconds < 172800 ? [seconds / 3600, 'h'] : [seconds / 86400, 'days'];
	return `${Math.round(amount)} ${unit}`;
}

// "finished 3 s ago", "due in 2 min"
function tell(time) {
	const seconds = Math.round((Date.now() - new Date(time.dateTime)) / 1000);
	time.textContent = `${time.dataset.label} ${seconds < 0 ? `in ${span(-seconds)}` : `${span(seconds)} ago`}`;
}

function button(label, action, about) {
	const form = element('form', '', element('button', '', label));
	form.method = 'post';
	form.action = action;
	form.dataset.live = '';
	form.firstChild.setAttribute('aria-label', `${label} ${about}`);
	return form;
}

const STATES = { SCHEDULED: 'scheduled', READY: 'ready', CLAIMED: 'running', COMPLETED: 'done', FAILED: 'failed', CANCELLED: 'cancelled' };

function outcome(task) {
	const found = task.outcome;
	if (!found) {
		return task.error ? [element('span', 'problem', task.error)] : [];
	}
	const facts = [found.status && found.status < 400 ? `HTTP ${found.status}` : found.reason, `${found.millis} ms`];
	if (found.certificateExpiry) {
		facts.push(`certificate until ${new Date(found.certificateExpiry).toLocaleDateString()}`);
	}
	return [element('span', `badge ${found.state}`, found.state), ' ', facts.filter(Boolean).join(' · ')];
}

function times(task) {
	const all = [when('queued', task.createdAt)];
	if (task.finishedAt) {
		all.push(when(task.state === 'CANCELLED' ? 'cancelled' : 'finished', task.finishedAt));
	}
	else if (task.state === 'CLAIMED') {
		all.push(when('started', task.claimedAt));
	}
	else if (task.state === 'SCHEDULED') {
		all.push(when('due', task.scheduledFor));
	}
	return all;
}

function action(task) {
	if (task.state === 'FAILED') {
		return [button('Retry', `/tasks/${task.id}/retry`, task.url)];
	}
	return task.finishedAt ? [] : [button('Cancel', `/tasks/${task.id}/cancel`, task.url)];
}

function cell(label, className, children) {
	const td = element('td', className, element('div', '', ...children));
	td.classList.toggle('blank', !td.textContent);
	td.dataset.label = label;
	return td;
}

function cells(task) {
	return [
		cell('State', '', [element('span', `badge ${STATES[task.state]}`, STATES[task.state])]),
		cell('Address', 'address', [task.url]),
		cell('Outcome', 'outcome', outcome(task)),
		cell('Priority', 'number', [String(task.priority)]),
		cell('Attempt', 'number', [task.attempt ? `${task.attempt} of ${task.maxAttempts}` : '']),
		cell('Agent', 'agent', [task.claimedBy || '']),
		cell('Times', 'times', times(task)),
		cell('', 'action', action(task))
	];
}

// A row that did not change is left alone, so that its button keeps the keyboard's focus.
function showTasks(tasks) {
	const body = document.querySelector('#tasks tbody');
	const present = new Set(tasks.map((task) => task.id));
	for (const [id, row] of rows) {
		if (!present.has(id)) {
			row.tr.remove();
			rows.delete(id);
		}
	}
	let next = body.firstElementChild;
	for (const task of tasks) {
		const row = rows.get(task.id) || { tr: element('tr') };
		rows.set(task.id, row);
		const text = JSON.stringify(task);
		if (row.text !== text) {
			row.text = text;
			row.tr.replaceChildren(...cells(task));
		}
		if (row.tr === next) {
			next = next.nextElementSibling;
		}
		else {
			body.insertBefore(row.tr, next);
		}
	}
	document.getElementById('tasks').hidden = tasks.length === 0;
	document.getElementById('no-tasks').hidden = tasks.length > 0;
}

function showCounts(queue) {
	const counts = { ready: queue.ready, scheduled: queue.scheduled, running: queue.claimed, done: queue.completed, failed: queue.failed };
	const pairs = Object.entries(counts).map(([name, count]) => element('div', count ? name : 'none', element('dt', '', name), element('dd', '', String(count))));
	if (queue.oldestSeconds) {
		pairs.push(element('div', 'oldest', element('dt', '', 'oldest waits'), element('dd', '', span(queue.oldestSeconds))));
	}
	if (queue.paused) {
		pairs.push(element('div', 'oldest', element('dt', '', 'queue'), element('dd', '', 'paused')));
	}
	document.getElementById('counts').replaceChildren(...pairs);
	document.getElementById('pause').hidden = queue.paused;
	document.getElementById('resume').hidden = !queue.paused;
}

function showNews(news) {
	document.getElementById('no-news').hidden = news.length > 0;
	document.getElementById('news').replaceChildren(...news.map((check) => element('li', '',
		element('strong', '', check.url), element('span', `badge ${check.state}`, check.state),
		element('small', '', [check.reason || `HTTP ${check.status}`, `${check.millis} ms`].join(' · ')),
		element('small', '', when('checked', check.checkedAt)))));
}

function showAnswerTimes(answers) {
	const line = document.getElementById('answer-times');
	line.hidden = !answers.checks;
	line.textContent = `Last hour: ${answers.checks === 1 ? '1 check' : `${answers.checks} checks`}, ${answers.averageMillis} ms on average.`;
}

function showAgents(agents) {
	document.getElementById('no-agents').hidden = agents.length > 0;
	document.getElementById('agents').replaceChildren(...agents.map((agent) => {
		const status = agent.status.toLowerCase();
		const running = agent.instances.filter((instance) => instance.status === 'RUNNING').length;
		return element('li', '',
			element('strong', '', agent.name), element('span', `badge ${status}`, status),
			element('small', '', `version ${agent.version} on ${agent.server}, ${running === 1 ? '1 process' : `${running} processes`}`),
			element('small', '', when('heartbeat', agent.lastHeartbeat)));
	}));
}

function showBackends(backends) {
	document.getElementById('backends').replaceChildren(...backends.map((backend) => element('li', '',
		element('strong', '', backend.name), element('span', `badge ${backend.up ? 'up' : 'down'}`, backend.up ? 'up' : 'down'),
		element('small', '', backend.services.join(', ')),
		...Object.entries(backend.details).map(([name, value]) => element('small', '', `${name}: ${value}`)))));
}

function show(state) {
	showCounts(state.queue);
	showTasks(state.tasks);
	document.getElementById('more-tasks').hidden = !state.more;
	showNews(state.news);
	showAnswerTimes(state.answers);
	showAgents(state.agents);
	showBackends(state.backends);
	trouble('');
}

function trouble(text) {
	const notice = document.getElementById('trouble');
	notice.textContent = text;
	notice.hidden = !text;
}

function connection(text, className) {
	const status = document.getElementById('connection');
	status.textContent = text;
	status.className = className;
}

function watch() {
	const events = new EventSource('/events');
	events.onopen = () => connection('Live', 'live');
	events.onerror = () => {
		connection('Connection lost, trying again …', 'lost');
		if (events.readyState === EventSource.CLOSED) {
			setTimeout(watch, 3000);
		}
	};
	events.addEventListener('state', (event) => show(JSON.parse(event.data)));
	events.addEventListener('trouble', (event) => trouble(event.data));
}

document.addEventListener('submit', async (event) => {
	const form = event.target;
	if (!('live' in form.dataset)) {
		return;
	}
	event.preventDefault();
	try {
		const answer = await fetch(form.action, { method: 'POST' });
		trouble(answer.ok ? '' : `That did not work: HTTP ${answer.status}`);
	}
	catch (failure) {
		trouble(`That did not work: ${failure.message}`);
	}
});

show(JSON.parse(page.dataset.state));
watch();
setInterval(() => document.querySelectorAll('time').forEach(tell), 1000);
history.replaceState(null, '', '/');
