// Puts the official npm client through its paces: node exercise.mjs FOLDER-WITH-NODE_MODULES SANDBOX-ADDRESS TOKEN
//
// Each entity is created, listed page by page, updated, read and deleted through the client's own classes. One JSON object
// goes to stdout: by entity "ok" or what went wrong.

import { createRequire } from "node:module";
import { Blob } from "node:buffer";
import assert from "node:assert/strict";
import path from "node:path";

const [, , folder, address, token] = process.argv;
const require = createRequire(path.join(path.resolve(folder), "x.js"));
const v1 = require("pipedrive/v1");
const v2 = require("pipedrive/v2");
const forV1 = new v1.Configuration({ apiKey: token, basePath: `${address}/v1` });
const forV2 = new v2.Configuration({ apiKey: token, basePath: `${address}/api/v2` });
const one = (name) => new v1[`${name}Api`](forV1);
const two = (name) => new v2[`${name}Api`](forV2);

/** Everything in a v2 list, read two at a time. */
async function byCursor(list) {
  const found = [];
  let pages = 0;
  for (let cursor; cursor !== null; pages += 1) {
    const answer = await list(cursor === undefined ? { limit: 2 } : { limit: 2, cursor });
    found.push(...answer.data);
    cursor = answer.additional_data.next_cursor;
  }
  assert.ok(pages > 1, `${pages} pages`);
  return found;
}

/** Everything in a v1 list, read two at a time. */
async function byStart(list) {
  const found = [];
  let pages = 0;
  for (let start = 0; start !== undefined; pages += 1) {
    const answer = await list({ start, limit: 2 });
    found.push(...answer.data);
    start = answer.additional_data.pagination.next_start;
  }
  assert.ok(pages > 1, `${pages} pages`);
  return found;
}

/** Everything in a list that has no pages. */
async function whole(list) {
  return (await list({})).data;
}

/** A life: three are made, listed, one of them changed and read, all of them deleted. */
async function live({ add, list, read = byCursor, change, expect, get, remove, key = "id" }) {
  const keys = [];
  for (const number of [1, 2, 3]) {
    const answer = await add(number);
    assert.equal(answer.success, true);
    keys.push(answer.data[key]);
  }
  const listed = async () => (await read(list)).map((row) => row[key]);
  const before = await listed();
  assert.deepEqual(keys.filter((k) => !before.includes(k)), [], "created and not listed");
  if (change) {
    const changed = (await change(keys[0])).data;
    for (const [name, value] of Object.entries(expect)) assert.deepEqual(changed[name], value, name);
  }
  if (get) assert.equal((await get(keys[0])).data[key], keys[0]);
  for (const k of keys) assert.equal((await remove(k)).success, true);
  const after = read === whole ? await listed() : (await list({ limit: 100 })).data.map((row) => row[key]);
  assert.deepEqual(keys.filter((k) => after.includes(k)), [], "deleted and still listed");
}

const orgs = two("Organizations"), persons = two("Persons"), deals = two("Deals"), products = two("Products");
const activities = two("Activities"), pipelines = two("Pipelines"), stages = two("Stages"), lines = two("DealProducts");
const dealsV1 = one("Deals"), leads = one("Leads"), labels = one("LeadLabels"), notes = one("Notes"), files = one("Files");
const types = one("ActivityTypes"), users = one("Users"), filters = one("Filters"), webhooks = one("Webhooks");
const relations = one("OrganizationRelationships"), calls = one("CallLogs"), installments = two("DealInstallments");

// What the others hang on.
const org = (await orgs.addOrganization({ AddOrganizationRequest: { name: "Acme" } })).data.id;
const other = (await orgs.addOrganization({ AddOrganizationRequest: { name: "Bolt" } })).data.id;
const person = (await persons.addPerson({ AddPersonRequest: { name: "Ann Lee", org_id: org } })).data.id;
const people = [];
for (const name of ["Bo", "Cy", "Di"]) people.push((await persons.addPerson({ AddPersonRequest: { name } })).data.id);
const deal = (await deals.addDeal({ AddDealRequest: { title: "Deal", person_id: person } })).data.id;
const product = (await products.addProduct({ AddProductRequest: { name: "Widget" } })).data.id;

/** Custom fields of an entity, with their options. */
function fields(noun) {
  const api = two(`${noun}Fields`);
  const body = { field_name: "Tags", field_type: "set", options: [{ label: "a" }] };
  return async () => {
    await live({
      add: () => api[`add${noun}Field`]({ [`Add${noun}FieldRequest`]: body }),
      list: (page) => api[`get${noun}Fields`](page),
      change: (field_code) => api[`update${noun}Field`]({
        field_code, [`Update${noun}FieldRequest`]: { field_name: "Labels" },
      }),
      expect: { field_name: "Labels" },
      get: (field_code) => api[`get${noun}Field`]({ field_code }),
      remove: (field_code) => api[`delete${noun}Field`]({ field_code }),
      key: "field_code",
    });
    const { field_code } = (await api[`add${noun}Field`]({ [`Add${noun}FieldRequest`]: body })).data;
    const made = await api[`add${noun}FieldOptions`]({ field_code, AddDealFieldOptionsRequestInner: [{ label: "b" }] });
    const id = made.data[0].id;
    const renamed = [{ id, label: "c" }];
    await api[`update${noun}FieldOptions`]({ field_code, UpdateDealFieldOptionsRequestInner: renamed });
    await api[`delete${noun}FieldOptions`]({ field_code, DeleteDealFieldOptionsRequestInner: [{ id }] });
    const left = (await api[`get${noun}Field`]({ field_code })).data.options.map((option) => option.label);
    assert.deepEqual(left, ["a"]);
  };
}

/** Followers of an entity, over v2; the page size is one, so that two of them fill two pages. */
function followers(noun, api, id) {
  return async () => {
    for (const user_id of [2, 3, 4]) await api[`add${noun}Follower`]({ id, AddDealFollowerRequest: { user_id } });
    const again = api[`add${noun}Follower`]({ id, AddDealFollowerRequest: { user_id: 2 } });
    await assert.rejects(again, (answer) => answer.success === false); // the client throws the body of a refusal
    const found = await byCursor((page) => api[`get${noun}Followers`]({ id, ...page }));
    assert.deepEqual(found.map((row) => row.user_id), [2, 3, 4]);
    for (const follower_id of [2, 3, 4]) await api[`delete${noun}Follower`]({ id, follower_id });
    assert.deepEqual((await api[`get${noun}Followers`]({ id })).data, []);
    assert.equal((await byCursor((page) => api[`get${noun}FollowersChangelog`]({ id, ...page }))).length, 6);
  };
}

const conditions = { glue: "and", conditions: [{ glue: "and", conditions: [] }, { glue: "or", conditions: [] }] };
const call = {
  to_phone_number: "+1", outcome: "busy", start_time: "2020-01-02 03:04:05", end_time: "2020-01-02 03:05:05",
};
const line = { product_id: product, item_price: 5, quantity: 2 };

const EXERCISES = {
  "v2 organizations": () => live({
    add: (n) => orgs.addOrganization({ AddOrganizationRequest: { name: `o${n}`, add_time: "2015-01-02T03:04:05Z" } }),
    list: (page) => orgs.getOrganizations(page),
    change: (id) => orgs.updateOrganization({ id, UpdateOrganizationRequest: { name: "new" } }),
    expect: { name: "new", add_time: "2015-01-02T03:04:05Z" },
    get: (id) => orgs.getOrganization({ id }),
    remove: (id) => orgs.deleteOrganization({ id }),
  }),
  "v2 persons": () => live({
    add: (n) => persons.addPerson({ AddPersonRequest: { name: `p${n}`, emails: [{ value: "a@x.example" }] } }),
    list: (page) => persons.getPersons(page),
    change: (id) => persons.updatePerson({ id, UpdatePersonRequest: { name: "New Name" } }),
    expect: { name: "New Name", last_name: "Name", emails: [{ value: "a@x.example", primary: true, label: "work" }] },
    get: (id) => persons.getPerson({ id }),
    remove: (id) => persons.deletePerson({ id }),
  }),
  "v2 deals": () => live({
    add: (n) => deals.addDeal({ AddDealRequest: { title: `d${n}`, value: n } }),
    list: (page) => deals.getDeals(page),
    change: (id) => deals.updateDeal({ id, UpdateDealRequest: { status: "won", won_time: "2020-01-02T03:04:05Z" } }),
    expect: { status: "won", won_time: "2020-01-02T03:04:05Z", value: 1 },
    get: (id) => deals.getDeal({ id }),
    remove: (id) => deals.deleteDeal({ id }),
  }),
  "v2 activities": () => live({
    add: (n) => activities.addActivity({ AddActivityRequest: { subject: `a${n}`, type: "call" } }),
    list: (page) => activities.getActivities(page),
    change: (id) => activities.updateActivity({ id, AddActivityRequest: { done: true } }),
    expect: { done: true, subject: "a1" },
    get: (id) => activities.getActivity({ id }),
    remove: (id) => activities.deleteActivity({ id }),
  }),
  "v2 products": () => live({
    add: (n) => products.addProduct({ AddProductRequest: { name: `w${n}`, prices: [{ currency: "EUR", price: n }] } }),
    list: (page) => products.getProducts(page),
    change: (id) => products.updateProduct({ id, UpdateProductRequest: { code: "C" } }),
    expect: { code: "C", name: "w1" },
    get: (id) => products.getProduct({ id }),
    remove: (id) => products.deleteProduct({ id }),
  }),
  "v2 variations": () => live({
    add: (n) => products.addProductVariation({ id: product, AddProductVariationRequest: { name: `v${n}` } }),
    list: (page) => products.getProductVariations({ id: product, ...page }),
    change: (product_variation_id) => products.updateProductVariation({
      id: product, product_variation_id, UpdateProductVariationRequest: { name: "blue" },
    }),
    expect: { name: "blue" },
    remove: (product_variation_id) => products.deleteProductVariation({ id: product, product_variation_id }),
  }),
  "v2 pipelines": () => live({
    add: (n) => pipelines.addPipeline({ AddPipelineRequest: { name: `p${n}` } }),
    list: (page) => pipelines.getPipelines(page),
    change: (id) => pipelines.updatePipeline({ id, UpdatePipelineRequest: { name: "sales" } }),
    expect: { name: "sales" },
    get: (id) => pipelines.getPipeline({ id }),
    remove: (id) => pipelines.deletePipeline({ id }),
  }),
  "v2 stages": () => live({
    add: (n) => stages.addStage({ AddStageRequest: { name: `s${n}`, pipeline_id: 1 } }),
    list: (page) => stages.getStages(page),
    change: (id) => stages.updateStage({ id, UpdateStageRequest: { deal_probability: 7 } }),
    expect: { deal_probability: 7, name: "s1" },
    get: (id) => stages.getStage({ id }),
    remove: (id) => stages.deleteStage({ id }),
  }),
  "v2 deal products": async () => {
    await live({
      add: () => lines.addDealProduct({ id: deal, AddDealProductRequest: line }),
      list: (page) => lines.getDealProducts({ id: deal, ...page }),
      change: (product_attachment_id) => lines.updateDealProduct({
        id: deal, product_attachment_id, UpdateDealProductRequest: { quantity: 3 },
      }),
      expect: { quantity: 3, sum: 15 },
      remove: (product_attachment_id) => lines.deleteDealProduct({ id: deal, product_attachment_id }),
    });
    const many = { id: deal, CreateManyDealProductRequest: { data: [line, line, line] } };
    const made = (await lines.addManyDealProducts(many)).data;
    const found = await byCursor((page) => lines.getDealsProducts({ deal_ids: [deal, 999], ...page }));
    assert.deepEqual(found.map((row) => row.id), made.map((row) => row.id));
    assert.equal((await deals.getDeal({ id: deal })).data.value, 30);
    const gone = await lines.deleteManyDealProducts({ id: deal, ids: made.map((row) => row.id).join(",") });
    assert.equal(gone.data.ids.length, 3);
  },
  "v2 installments and discounts": async () => {
    const second = (await deals.addDeal({ AddDealRequest: { title: "D2" } })).data.id;
    for (const id of [deal, second]) await lines.addDealProduct({ id, AddDealProductRequest: line });
    const body = { description: "first", amount: 1, billing_date: "2026-01-02" };
    const made = (await installments.postInstallment({ id: deal, AddInstallmentRequestBody: body })).data;
    for (const id of [second, second]) await installments.postInstallment({ id, AddInstallmentRequestBody: body });
    const found = await byCursor((page) => installments.getInstallments({ deal_ids: [deal, second], ...page }));
    assert.equal(found.length, 3);
    const place = { id: deal, installment_id: made.id };
    const changed = await installments.updateInstallment({ ...place, UpdateInstallmentRequestBody: { amount: 2 } });
    assert.equal(changed.data.amount, 2);
    await installments.deleteInstallment(place);
    const off = { description: "early", amount: 10, type: "percentage" };
    const discount = (await deals.postAdditionalDiscount({ id: deal, AddAdditionalDiscountRequestBody: off })).data.id;
    assert.equal((await deals.getAdditionalDiscounts({ id: deal })).data[0].id, discount);
    await deals.deleteAdditionalDiscount({ id: deal, discount_id: discount });
  },
  "v2 deal fields": fields("Deal"),
  "v2 person fields": fields("Person"),
  "v2 organization fields": fields("Organization"),
  "v2 product fields": fields("Product"),
  "v2 activity fields": async () => {
    const found = await byCursor((page) => two("ActivityFields").getActivityFields(page));
    assert.ok(found.some((field) => field.field_code === "subject"));
  },
  "v2 deal followers": followers("Deal", deals, deal),
  "v2 person followers": followers("Person", persons, person),
  "v2 organization followers": followers("Organization", orgs, org),
  "v2 product followers": followers("Product", products, product),
  "v2 search": async () => {
    await two("ItemSearch").searchItemByField({ term: "Acme", entity_type: "organization", field: "name" });
    assert.ok((await orgs.searchOrganization({ term: "acme" })).success);
  },
  "v2 lead conversion": async () => {
    const id = (await leads.addLead({ AddLeadRequest: { title: "L", person_id: person } })).data.id;
    const job = await two("Leads").convertLeadToDeal({ id, ConvertLeadToDealRequest: { stage_id: 1 } });
    const status = await two("Leads").getLeadConversionStatus({ id, conversion_id: job.data.conversion_id });
    assert.equal(status.data.conversion_id, job.data.conversion_id);
  },
  "v1 leads": () => live({
    add: (n) => leads.addLead({ AddLeadRequest: { title: `l${n}`, person_id: person } }),
    list: (page) => leads.getLeads(page),
    read: byStart,
    change: (id) => leads.updateLead({ id, UpdateLeadRequest: { value: { amount: 2, currency: "EUR" } } }),
    expect: { value: { amount: 2, currency: "EUR" }, title: "l1" },
    get: (id) => leads.getLead({ id }),
    remove: (id) => leads.deleteLead({ id }),
  }),
  "v1 lead labels": () => live({
    add: (n) => labels.addLeadLabel({ AddLeadLabelRequest: { name: `label ${n}`, color: "pink" } }),
    list: () => labels.getLeadLabels(),
    read: whole,
    change: (id) => labels.updateLeadLabel({ id, UpdateLeadLabelRequest: { color: "red" } }),
    expect: { color: "red", name: "label 1" },
    remove: (id) => labels.deleteLeadLabel({ id }),
  }),
  "v1 notes": () => live({
    add: (n) => notes.addNote({ AddNoteRequest: { content: `n${n}`, deal_id: deal, add_time: "2012-03-04 05:06:07" } }),
    list: (page) => notes.getNotes(page),
    read: byStart,
    change: (id) => notes.updateNote({ id, NoteRequest: { content: "new" } }),
    expect: { content: "new", add_time: "2012-03-04 05:06:07" },
    get: (id) => notes.getNote({ id }),
    remove: (id) => notes.deleteNote({ id }),
  }),
  "v1 files": async () => {
    const content = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
    await live({
      add: (n) => files.addFile({ file: new File([new Blob([content])], `f${n}.bin`), deal_id: deal }),
      list: (page) => files.getFiles(page),
      read: byStart,
      change: (id) => files.updateFile({ id, name: "scan", description: "d" }),
      expect: { name: "scan", description: "d", file_size: 512 },
      get: (id) => files.getFile({ id }),
      remove: (id) => files.deleteFile({ id }),
    });
    const file = new File([new Blob(["plain words"])], "words.txt");
    const { id } = (await files.addFile({ file, org_id: org })).data;
    assert.equal(String(await files.downloadFile({ id })), "plain words");
    const link = { item_type: "deal", item_id: deal, remote_id: "1aB", remote_location: "googledrive" };
    assert.equal((await files.linkFileToItem(link)).data.deal_id, deal);
    assert.equal((await dealsV1.getDealFiles({ id: deal })).data.length, 1);
  },
  "v1 activity types": () => live({
    add: (n) => types.addActivityType({ AddActivityTypeRequest: { name: `visit ${n}`, icon_key: "car" } }),
    list: () => types.getActivityTypes(),
    read: whole,
    change: (id) => types.updateActivityType({ id, UpdateActivityTypeRequest: { name: "trip" } }),
    expect: { name: "trip", key_string: "visit_1" },
    remove: (id) => types.deleteActivityType({ id }),
  }),
  "v1 users and currencies": async () => {
    const all = (await users.getUsers()).data;
    assert.equal((await users.getUser({ id: all[1].id })).data.email, all[1].email);
    assert.equal((await users.getCurrentUser()).data.is_you, true);
    const found = await users.findUsersByName({ term: all[1].email, search_by_email: 1 });
    assert.equal(found.data[0].id, all[1].id);
    assert.ok((await one("Currencies").getCurrencies()).data.some((currency) => currency.code === "EUR"));
  },
  "v1 organization relationships": () => live({
    add: () => relations.addOrganizationRelationship({
      AddOrganizationRelationshipRequest: { type: "parent", rel_owner_org_id: org, rel_linked_org_id: other },
    }),
    list: () => relations.getOrganizationRelationships({ org_id: org }),
    read: whole,
    change: (id) => relations.updateOrganizationRelationship({ id, OrganizationRelationship: { type: "related" } }),
    expect: { type: "related" },
    get: (id) => relations.getOrganizationRelationship({ id, org_id: org }),
    remove: (id) => relations.deleteOrganizationRelationship({ id }),
  }),
  "v1 deal participants": () => live({
    add: (n) => dealsV1.addDealParticipant({ id: deal, AddDealParticipantRequest: { person_id: people[n - 1] } }),
    list: (page) => dealsV1.getDealParticipants({ id: deal, ...page }),
    read: byStart,
    remove: (deal_participant_id) => dealsV1.deleteDealParticipant({ id: deal, deal_participant_id }),
  }),
  "v1 deal followers": () => live({
    add: (n) => dealsV1.addDealFollower({ id: deal, AddDealFollowerRequest: { user_id: n + 1 } }),
    list: () => dealsV1.getDealFollowers({ id: deal }),
    read: whole,
    remove: (follower_id) => dealsV1.deleteDealFollower({ id: deal, follower_id }),
  }),
  "v1 filters": () => live({
    add: (n) => filters.addFilter({ AddFilterRequest: { name: `f${n}`, type: "deals", conditions } }),
    list: () => filters.getFilters({ type: "deals" }),
    read: whole,
    change: (id) => filters.updateFilter({ id, UpdateFilterRequest: { name: "mine", conditions } }),
    expect: {},
    get: (id) => filters.getFilter({ id }),
    remove: (id) => filters.deleteFilter({ id }),
  }),
  "v1 webhooks": () => live({
    add: (n) => webhooks.addWebhook({
      AddWebhookRequest: {
        subscription_url: "https://hooks.example/in", event_action: "*", event_object: "deal", name: `w${n}`,
      },
    }),
    list: () => webhooks.getWebhooks(),
    read: whole,
    remove: (id) => webhooks.deleteWebhook({ id }),
  }),
  "v1 call logs": () => live({
    add: () => calls.addCallLog({ AddCallLogRequest: { ...call, person_id: person } }),
    list: (page) => calls.getUserCallLogs(page),
    read: byStart,
    get: (id) => calls.getCallLog({ id }),
    remove: (id) => calls.deleteCallLog({ id }),
  }),
  "v1 recents and summary": async () => {
    const since = { since_timestamp: "2020-01-01 00:00:00" };
    assert.ok((await byStart((page) => one("Recents").getRecents({ ...since, ...page }))).length > 10);
    assert.ok((await dealsV1.getDealsSummary({ status: "open" })).data.total_count > 0);
  },
};

const projects = two("Projects"), boards = two("ProjectBoards"), phases = two("ProjectPhases"), tasks = two("Tasks");

Object.assign(EXERCISES, {
  "v2 projects": () => live({
    add: (n) => projects.addProject({ AddProjectRequest: { title: `p${n}`, deal_ids: [deal] } }),
    list: (page) => projects.getProjects(page),
    change: (id) => projects.updateProject({ id, UpdateProjectRequest: { status: "completed" } }),
    expect: { status: "completed", title: "p1", deal_ids: [deal] },
    get: (id) => projects.getProject({ id }),
    remove: (id) => projects.deleteProject({ id }),
  }),
  "v2 project fields": fields("Project"),
  "v2 boards": () => live({
    add: (n) => boards.addProjectBoard({ AddProjectBoardRequest: { name: `b${n}` } }),
    list: () => boards.getProjectsBoards(),
    read: whole,
    change: (id) => boards.updateProjectBoard({ id, UpdateProjectBoardRequest: { name: "new", order_nr: 1 } }),
    expect: { name: "new", order_nr: 1 },
    get: (id) => boards.getProjectsBoard({ id }),
    remove: (id) => boards.deleteProjectBoard({ id }),
  }),
  "v2 phases": () => live({
    add: (n) => phases.addProjectPhase({ AddProjectPhaseRequest: { name: `p${n}`, board_id: 1 } }),
    list: () => phases.getProjectsPhases({ board_id: 1 }),
    read: whole,
    change: (id) => phases.updateProjectPhase({ id, UpdateProjectPhaseRequest: { name: "new" } }),
    expect: { name: "new" },
    get: (id) => phases.getProjectsPhase({ id }),
    remove: (id) => phases.deleteProjectPhase({ id }),
  }),
  "v2 tasks": async () => {
    const project_id = (await projects.addProject({ AddProjectRequest: { title: "P" } })).data.id;
    await live({
      add: (n) => tasks.addTask({ AddTaskRequest: { title: `t${n}`, project_id } }),
      list: (page) => tasks.getTasks(page),
      change: (id) => tasks.updateTask({ id, UpdateTaskRequest: { done: 1 } }),
      expect: { is_done: true, title: "t1" },
      get: (id) => tasks.getTask({ id }),
      remove: (id) => tasks.deleteTask({ id }),
    });
  },
});

const report = {};
for (const [name, exercise] of Object.entries(EXERCISES)) {
  try {
    await exercise();
    report[name] = "ok";
  } catch (error) {
    report[name] = error instanceof Error ? String(error.stack) : JSON.stringify(error);
  }
}
console.log(JSON.stringify(report));
